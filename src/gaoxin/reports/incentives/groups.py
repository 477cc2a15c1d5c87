"""The groups by which results on many firms are shown: size, industry, zone; and the words of their states."""

from __future__ import annotations

from collections.abc import Mapping

from gaoxin.words import Text

UNKNOWN = Text("未填报", "not reported")

STATES: Mapping[str, Text] = {
    "entitled": Text("可以享受", "entitled"),
    "nearly": Text("只差一项且接近", "nearly entitled"),
    "not_entitled": Text("不能享受", "not entitled"),
    "unknown": Text("未知", "unknown"),
    "not_in_force": Text("当年没有该政策", "not in force"),
}

GROUPS: Mapping[str, Text] = {
    "size": Text("规模（人）", "size (staff)"),
    "section": Text("行业门类", "industry"),
    "zone": Text("园区", "zone"),
}

# The sections of GB/T 4754-2017 by letter, as commonly published; not checked against the printed standard.
SECTIONS: Mapping[str, Text] = {
    "A": Text("农、林、牧、渔业", "agriculture, forestry, fishing"),
    "B": Text("采矿业", "mining"),
    "C": Text("制造业", "manufacturing"),
    "D": Text("电力、热力、燃气及水生产和供应业", "electricity, heat, gas, water"),
    "E": Text("建筑业", "construction"),
    "F": Text("批发和零售业", "wholesale and retail"),
    "G": Text("交通运输、仓储和邮政业", "transport, storage, post"),
    "H": Text("住宿和餐饮业", "lodging and catering"),
    "I": Text("信息传输、软件和信息技术服务业", "information, software, IT services"),
    "J": Text("金融业", "finance"),
    "K": Text("房地产业", "real estate"),
    "L": Text("租赁和商务服务业", "leasing and business services"),
    "M": Text("科学研究和技术服务业", "research and technical services"),
    "N": Text("水利、环境和公共设施管理业", "water, environment, public facilities"),
    "O": Text("居民服务、修理和其他服务业", "personal services and repair"),
    "P": Text("教育", "education"),
    "Q": Text("卫生和社会工作", "health and social work"),
    "R": Text("文化、体育和娱乐业", "culture, sport, entertainment"),
    "S": Text("公共管理、社会保障和社会组织", "public administration and organisations"),
    "T": Text("国际组织", "international organisations"),
}

NOTE = Text(
    "规模按从业人数分段，不是统计上的大中小微型；行业按 GB/T 4754—2017 代码的门类。",
    "Sizes are bands of staff, no official size classes; industries are sections by the code of GB/T 4754-2017.",
)


def group_name(group: str, value: str | None) -> Text:
    """What a value of a group is called."""
    if value is None:
        return UNKNOWN
    if group == "section" and value in SECTIONS:
        name = SECTIONS[value]
        return Text(f"{value} {name.zh}", f"{value} {name.en}")
    return Text(value, value)
