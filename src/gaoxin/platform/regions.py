"""Area codes (行政区划代码, GB/T 2260): which cannot be one, and what they are called.

Names of counties with the years they were in use come with python-stdnum, which has them from Wikipedia (confidence:
secondary; the newest changes may be missing). So a code is refused when it does not begin with a province; one whose
county the list lacks is let through, and said to be unknown.
"""

from __future__ import annotations

import re

from stdnum import numdb

from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

PROVINCES: dict[str, Text] = {
    code: Text(zh, en)
    for code, zh, en in (
        ("11", "北京", "Beijing"), ("12", "天津", "Tianjin"), ("13", "河北", "Hebei"), ("14", "山西", "Shanxi"),
        ("15", "内蒙古", "Inner Mongolia"), ("21", "辽宁", "Liaoning"), ("22", "吉林", "Jilin"),
        ("23", "黑龙江", "Heilongjiang"), ("31", "上海", "Shanghai"), ("32", "江苏", "Jiangsu"),
        ("33", "浙江", "Zhejiang"), ("34", "安徽", "Anhui"), ("35", "福建", "Fujian"), ("36", "江西", "Jiangxi"),
        ("37", "山东", "Shandong"), ("41", "河南", "Henan"), ("42", "湖北", "Hubei"), ("43", "湖南", "Hunan"),
        ("44", "广东", "Guangdong"), ("45", "广西", "Guangxi"), ("46", "海南", "Hainan"), ("50", "重庆", "Chongqing"),
        ("51", "四川", "Sichuan"), ("52", "贵州", "Guizhou"), ("53", "云南", "Yunnan"), ("54", "西藏", "Tibet"),
        ("61", "陕西", "Shaanxi"), ("62", "甘肃", "Gansu"), ("63", "青海", "Qinghai"), ("64", "宁夏", "Ningxia"),
        ("65", "新疆", "Xinjiang"), ("71", "台湾", "Taiwan"), ("81", "香港", "Hong Kong"), ("82", "澳门", "Macao"),
    )
}  # fmt: skip

SAMPLE = "990000"
"""The area of the synthetic firms; it does not exist."""


def region_fault(code: str) -> Text | None:
    """What is wrong with an area code, or None.

    >>> region_fault("310115") is None, str(region_fault("010115"))
    (True, '行政区划代码 010115 的前两位不是省级代码')
    """
    if not re.fullmatch(r"[0-9]{6}", code):
        return Text(f"行政区划代码 {code} 应为 6 位数字", f"the area code {code} must have 6 digits")
    if code[:2] not in PROVINCES and code != SAMPLE:
        return Text(f"行政区划代码 {code} 的前两位不是省级代码", f"the first two digits of {code} are no province's")
    return None


def check_region(code: str, field: str = "region") -> None:
    """Refuse an area code that cannot be one."""
    fault = region_fault(code)
    if fault is not None:
        refuse("region", field, fault)


def region_name(code: str) -> Text:
    """Province and county of an area code, with the years of a county that is no more.

    >>> region_name("310115").zh, region_name("310119").zh, region_name("310199").zh
    ('上海浦东新区', '上海南汇区（2001-2009）', '上海（所附代码表中没有这个县级代码）')
    """
    if code == SAMPLE:
        return Text("虚构地区", "an area that does not exist")
    province = PROVINCES[code[:2]]
    if code.endswith("0000"):
        return province
    county = next((parts["county"] for _, parts in numdb.get("cn/loc").info(code) if "county" in parts), None)
    if county is None:
        return Text(
            f"{province.zh}（所附代码表中没有这个县级代码）",
            f"{province.en} (the list that ships does not have this county)",
        )
    spans, _, named = county.rpartition(",")[2].rpartition("]")
    years = spans.lstrip("[")
    past = f"（{years}）" if years and not years.endswith("-") else ""
    return Text(f"{province.zh}{named}{past}", f"{province.en}, {named}{past and f' ({years})'}")
