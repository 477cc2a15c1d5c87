"""The words of the outputs for the codes of a result: severities, confidence, data sources, marks."""

from __future__ import annotations

from gaoxin.words import Text

SCORE = Text("综合得分", "Score")

SYNTHETIC = Text("合成数据，仅供演示，不是真实统计", "Synthetic data, for demonstration only, not real statistics")

SEVERITIES = {
    "error": Text("错误", "error"),
    "warning": Text("警告", "warning"),
    "info": Text("提示", "note"),
}

CONFIDENCE = {
    "official": Text("官方文件", "official"),
    "quoted": Text("转引官方文件", "quoted from the official text"),
    "secondary": Text("二手资料", "secondary source"),
    "inferred": Text("推断", "inferred"),
    "unknown": Text("未知", "unknown"),
}

DATA_SOURCES = {
    "firm": Text("企业报表", "firms' returns"),
    "zone": Text("园区报表", "zone return"),
    "expert": Text("专家评分", "experts' scores"),
    "given": Text("给定数据", "given table"),
}

ADJUSTMENTS = {
    "bonus": Text("加分", "bonus"),
    "deduction": Text("减分", "deduction"),
    "veto": Text("否决", "veto"),
}

INDICATOR_NOTES = {
    "redundant": Text("冗余", "redundant"),
    "negative": Text("相互抵消", "against another indicator"),
    "silent": Text("不起作用", "silent"),
    "against_parent": Text("与上级反向", "against its parent"),
    "screen": Text("筛选", "screening"),
    "denominate": Text("换算", "denomination"),
    "impute": Text("填补", "imputation"),
    "treat": Text("异常值", "outliers"),
    "normalise": Text("标准化", "normalisation"),
    "weights": Text("权重", "weights"),
    "aggregate": Text("合成", "aggregation"),
}

HIGHER, LOWER = Text("正向", "higher is better"), Text("逆向", "lower is better")
CONFIRMED, UNCONFIRMED = Text("已确认", "confirmed"), Text("未确认", "unconfirmed")
IMPUTED, TREATED, UNKNOWN = Text("填补", "imputed"), Text("异常值处理", "outlier treated"), Text("缺失", "missing")


def word(words: dict[str, Text], code: str) -> Text:
    """Return the word for ``code``; a code without one stands for itself."""
    return words.get(code) or Text(code, code)


def join(parts: list[Text] | tuple[Text, ...], zh: str = "、", en: str = ", ") -> Text:
    """Join ``parts`` in both languages.

    >>> join([Text("甲", "A"), Text("乙", "B")])
    Text(zh='甲、乙', en='A, B')
    """
    return Text(zh.join(part.say("zh") for part in parts), en.join(part.say("en") for part in parts))
