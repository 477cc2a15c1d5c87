// Draws each <figure data-chart> from the data in it. The library interprets expressions (ast): the content security
// policy forbids code made from text. The figures of each chart stand in a table beside it.
(async () => {
  "use strict";
  if (!window.vegaEmbed) return;
  const narrow = window.innerWidth < 760;
  const stackLegends = (part) => {
    if (!part || typeof part !== "object") return;
    if (part.legend && part.legend.columns) part.legend.columns = 1;
    Object.values(part).forEach(stackLegends);
  };
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    const chart = JSON.parse(document.getElementById(`drawing-${figure.dataset.chart}`).textContent);
    const config = structuredClone(chart.config);
    config.axis.labelLimit = narrow ? 110 : 300;
    if (narrow) stackLegends(chart.plot.layer || chart.plot.encoding);
    const plot = figure.querySelector(".plot");
    const shown = { ...chart.plot, config, width: "container", autosize: { type: "fit-x", contains: "padding" }, background: null };
    const options = { mode: "vega-lite", actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { theme: "light", disableDefaultStyle: true } };
    const drawn = await window.vegaEmbed(plot, shown, options);
    const picture = plot.querySelector("svg");
    if (picture) {
      for (const part of picture.children) part.setAttribute("aria-hidden", "true");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", chart.label);
    }
    for (const button of figure.querySelectorAll("button[data-save]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const kind = button.dataset.save;
        const link = document.createElement("a");
        link.href = kind === "svg"
          ? `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await drawn.view.toSVG())}`
          : await drawn.view.toImageURL("png", 2);
        link.download = `${figure.dataset.chart}.${kind}`;
        link.click();
      });
    }
  }
  document.documentElement.dataset.drawn = "yes";
})();
