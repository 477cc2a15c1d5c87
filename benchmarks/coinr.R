# Times COINr on the subjects of this folder and writes what it sampled and found, so that the same design can be
# replayed. Usage: Rscript coinr.R uncertainty N DIR | sensitivity N DIR | copeland UNITS INDICATORS DIR
# Prints one line "seconds <elapsed>".

suppressPackageStartupMessages(library(COINr))

task <- commandArgs(trailingOnly = TRUE)
folder <- task[length(task)]
table_to <- function(x, name) {
  write.csv(format(x, digits = 17, trim = TRUE), file.path(folder, name), row.names = FALSE, quote = FALSE)
}
timed <- function(expression) {
  elapsed <- system.time(result <- suppressMessages(expression))[["elapsed"]]
  cat("seconds", elapsed, "\n")
  result
}

asem <- function() {
  set.seed(1)
  coin <- suppressMessages(build_example_coin())
  coin <- suppressMessages(Normalise(coin, dset = "Treated", global_specs = list(f_n = "n_minmax", f_n_para = list(c(1, 100)))))
  coin <- suppressMessages(Aggregate(coin, dset = "Normalised", f_ag = "a_amean"))
  weights <- get_noisy_weights(
    coin$Meta$Weights$Original, data.frame(Level = c(2, 3), NoiseFactor = c(0.25, 0.25)), Nrep = 100
  )
  normalisations <- list(
    list(f_n = "n_minmax", f_n_para = list(c(1, 100))),
    list(f_n = "n_zscore", f_n_para = list(c(10, 2)))
  )
  list(
    coin = coin,
    weights = weights,
    specs = list(
      normalisation = list(Address = "$Log$Normalise$global_specs", Distribution = normalisations, Type = "discrete"),
      weights = list(Address = "$Log$Aggregate$w", Distribution = weights, Type = "discrete"),
      aggregation = list(
        Address = "$Log$Aggregate$f_ag", Distribution = c("a_amean", "a_gmean"), Type = "discrete"
      )
    )
  )
}

if (task[1] %in% c("uncertainty", "sensitivity")) {
  case <- asem()
  type <- if (task[1] == "uncertainty") "UA" else "SA"
  set.seed(2)
  found <- timed(get_sensitivity(
    case$coin, SA_specs = case$specs, N = as.integer(task[2]), SA_type = type, dset = "Aggregated", iCode = "Index",
    Nboot = if (type == "SA") 100 else NULL, quietly = TRUE, check_addresses = FALSE
  ))
  codes <- case$weights[[1]]$iCode
  table_to(found$Scores, "scores.csv")
  table_to(found$RankStats, "ranks.csv")
  table_to(data.frame(
    normalisation = sapply(found$Para$normalisation, function(p) p$f_n),
    aggregation = unlist(found$Para$aggregation),
    t(sapply(found$Para$weights, function(w) w$Weight[match(codes, w$iCode)]))
  ), "design.csv")
  writeLines(codes, file.path(folder, "codes.csv"))
  if (type == "SA") table_to(found$Sensitivity, "sensitivity.csv")
} else if (task[1] == "copeland") {
  x <- as.data.frame(as.matrix(read.csv(file.path(folder, "input.csv"), header = FALSE)))
  table_to(data.frame(copeland = timed(COINr::a_copeland(x, rep(1, ncol(x))))), "copeland.csv")
}
