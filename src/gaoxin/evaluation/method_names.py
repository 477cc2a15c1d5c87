"""The options of a method in words, as tables and factors of the robustness analysis show them."""

from __future__ import annotations

from gaoxin.evaluation.method import Aggregation, Imputation, Normalisation, Treatment, Weighting
from gaoxin.words import Text

IMPUTATIONS = {
    "none": Text("不填补", "no imputation"),
    "mean": Text("均值填补", "mean"),
    "median": Text("中位数填补", "median"),
    "group_mean": Text("组内均值填补", "group mean"),
    "group_median": Text("组内中位数填补", "group median"),
    "unit_mean": Text("单位自身均值填补", "mean of the unit"),
    "zero": Text("以零填补", "zero"),
    "linear": Text("线性插值", "linear interpolation"),
    "last": Text("沿用上期值", "last value"),
    "em": Text("EM 填补", "EM"),
    "knn": Text("K 近邻填补", "k nearest"),
}

TREATMENTS = {
    "none": Text("不处理", "no treatment"),
    "winsorise": Text("缩尾", "winsorised"),
    "winsorise_then_log": Text("缩尾后取对数", "winsorised, else log"),
    "boxcox": Text("Box–Cox 变换", "Box–Cox"),
    "log_ct": Text("对数变换", "log"),
    "log_ct_plus": Text("按偏度方向的对数变换", "log by sign of skewness"),
    "log_ct_orig": Text("对数变换（ln(x − min + 1)）", "log of x − min + 1"),
}

NORMALISATIONS = {
    "minmax": Text("极差标准化", "min-max"),
    "goalposts": Text("阈值标准化", "goalposts"),
    "zscore": Text("Z 分数", "z-scores"),
    "rank": Text("名次", "ranks"),
    "percentile_rank": Text("百分位次", "percentile ranks"),
    "borda": Text("Borda 计分", "Borda points"),
    "distance_to_best": Text("与最优值的距离", "distance to the best"),
    "distance_to_reference": Text("与参照单位的距离", "distance to a reference"),
    "distance_to_target": Text("与目标值的距离", "distance to target"),
    "fraction_of_maximum": Text("占最大值的比例", "fraction of the maximum"),
    "efficacy": Text("功效系数法", "efficacy coefficient"),
    "logistic": Text("逻辑函数", "logistic"),
    "none": Text("不标准化", "no normalisation"),
}

WEIGHTINGS = {
    "given": Text("给定权重", "given weights"),
    "equal": Text("等权", "equal weights"),
    "entropy": Text("熵权法", "entropy weights"),
    "critic": Text("CRITIC 法", "CRITIC weights"),
    "standard_deviation": Text("标准差法", "standard deviation weights"),
    "ahp": Text("层次分析法", "AHP weights"),
    "pca": Text("主成分法", "PCA weights"),
    "factor": Text("因子分析法", "factor weights"),
    "optimised": Text("目标重要性优化", "weights by target importance"),
    "benefit_of_the_doubt": Text("最有利权重（BoD）", "benefit of the doubt"),
    "combined": Text("主客观组合赋权", "combined weights"),
}

AGGREGATIONS = {
    "arithmetic": Text("算术平均", "arithmetic mean"),
    "geometric": Text("几何平均", "geometric mean"),
    "harmonic": Text("调和平均", "harmonic mean"),
    "generalised": Text("广义平均", "generalised mean"),
    "median": Text("中位数", "median"),
    "owa": Text("有序加权平均", "OWA"),
    "mpi": Text("Mazziotta–Pareto 指数", "Mazziotta–Pareto index"),
    "ampi": Text("修正 Mazziotta–Pareto 指数", "adjusted Mazziotta–Pareto index"),
    "topsis": Text("TOPSIS", "TOPSIS"),
    "vikor": Text("VIKOR", "VIKOR"),
    "grey": Text("灰色关联", "grey relational"),
    "copeland": Text("Copeland", "Copeland"),
    "weighted_sum": Text("加权求和", "weighted sum"),
}


def name_of(choice: Imputation | Treatment | Normalisation | Weighting | tuple[Aggregation, ...]) -> Text:
    """One choice in a few words; the aggregation is by level, from the indicators upwards.

    >>> name_of(Normalisation(low=1, high=100)).en
    'min-max 1–100'
    >>> name_of((Aggregation(method="geometric"), Aggregation())).zh
    '几何平均/算术平均'
    """
    match choice:
        case Imputation():
            return IMPUTATIONS[choice.method]
        case Treatment(method="winsorise" | "winsorise_then_log", max_points=int(points)):
            return _with(TREATMENTS[choice.method], Text(f"至多 {points} 点", f"at most {points} points"))
        case Treatment():
            return TREATMENTS[choice.method]
        case Normalisation(method="minmax"):
            name, scale = NORMALISATIONS["minmax"], f"{choice.low:g}–{choice.high:g}"
            return Text(f"{name.zh} {scale}", f"{name.en} {scale}")
        case Normalisation():
            return NORMALISATIONS[choice.method]
        case Weighting():
            return WEIGHTINGS[choice.method]
        case _:
            names = [_aggregation_name(aggregation) for aggregation in choice]
            return Text("/".join(name.zh for name in names), "/".join(name.en for name in names))


def _aggregation_name(aggregation: Aggregation) -> Text:
    name = AGGREGATIONS[aggregation.method]
    if aggregation.method == "generalised":
        return _with(name, Text(f"指数 {aggregation.power:g}", f"exponent {aggregation.power:g}"))
    return name


def _with(name: Text, detail: Text) -> Text:
    return Text(f"{name.zh}（{detail.zh}）", f"{name.en} ({detail.en})")
