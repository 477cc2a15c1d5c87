"""How a notice says what part a unit plays: labels before the names, phrases behind them, words in brackets."""

from __future__ import annotations

import re

from gaoxin.notices.notice import Role

_THING = "(?:责任)?(?:单位|部门|主体|处室|科室)"
_LABELS: tuple[tuple[Role, str], ...] = (
    (
        "lead",
        rf"(?:总|主要)?牵头(?:和|及|、|\()?(?:责任|负责|组织)?\)?{_THING}|责任\(牵头\){_THING}|主办{_THING}"
        r"|(?:牵头|主办)(?= ?:)",
    ),
    (
        "cooperating",
        rf"(?:主要)?(?:协同|联合)?(?:配合|协办|协同|协作|协助|参与|参加|支持|会办|协调)(?:实施|落实)?{_THING}"
        r"|(?:配合|协办|参与)(?= ?:)",
    ),
    ("supervising", rf"(?:督导|督办|督查|监督|督促|指导|监管){_THING}"),
    (
        "responsible",
        r"(?:主要|具体|共同|第一|直接)?(?:责任|主责|实施|落实|承办|负责|承担|执行|推进)"
        rf"(?:和|及|、)?(?:落实|配合)?{_THING}(?:及分工)?|责任分工|属地责任|(?:责任|负责|主责)(?= ?:)",
    ),
)
LABEL = re.compile("|".join(f"(?P<{role}>{pattern})" for role, pattern in _LABELS))
OTHER_LABEL = re.compile(
    r"(?:完成|办理|整改)?(?:时限|时间|期限|节点|进度)(?:要求|安排|节点)?"
    r"|(?:责任|牵头|分管|包保|联系|市级|县级)(?:领导|人|县领导|市领导)"
    r"|联系电话|咨询电话|联系方式|政策依据|执行期限|政策期限|备注|目标要求|工作目标"
)
"""Labels beside those of units: what stands behind them is no unit."""
COLON = re.compile(r" ?: ?|为(?=[^了])|是(?=[^否])")
LABEL_AND_COLON = re.compile(rf"^(?:{LABEL.pattern})(?:{COLON.pattern})?")

_DUTIES = (
    r"(?:按照|按|根据|依据|依)照?(?:各自|相关|有关|法定|自身)?的?(?:部门)?(?:职责|职能|分工|权限)(?:任务)?"
    r"(?:和|及)?(?:职责|分工|权限)?(?:范围)?"
)
_PHRASES: tuple[tuple[Role, str], ...] = (
    (
        "lead",
        r"(?:共同|总|具体|联合|负责)?牵头(?:负责|组织实施|组织落实|组织|实施|落实|推进|承担|抓总|制定|管理|办理|编制)?|主要负责|主办"
        r"|为总?牵头(?:单位|部门)",
    ),
    (
        "cooperating",
        r"(?:共同|积极|密切|协同|协助|协调)?(?:配合|协助|协同|参与|参加|协办|协作)(?:落实|实施|推进|做好)?"
        r"|为(?:配合|协办)(?:单位|部门)",
    ),
    ("supervising", r"(?:负责)?(?:督导|督办|督促指导|业务指导)"),
    (
        "responsible",
        rf"{_DUTIES}(?:分别|共同|各自|具体)?(?:负责|落实|抓好落实|推进|推进落实|组织实施|实施|做好|承担)?(?:落实|实施)?"
        r"|(?:分别|共同|分工|具体|各自|统筹)?负责(?:落实|组织实施|实施|推进|牵头落实)?"
        r"|组织实施|具体实施|组织落实|抓好落实|落实|为责任(?:单位|部门)",
    ),
)
PHRASE = re.compile("(?:" + "|".join(f"(?P<{role}>{pattern})" for role, pattern in _PHRASES) + ")$")
OPEN_END = re.compile(
    r"等(?:(?:[0-9]+|[二三四五六七八九十]+)?个?(?:市|省|区|县)?(?:级|直)?"
    r"(?:各|有关|相关|职能|主管|责任|其他|省|市|区|县)*"
    r"(?:部门|单位|企业|机构|地区|委办局|主体|成员单位|高校|金融机构))?$"
)
ROLE_IN_BRACKETS: dict[str, Role] = {
    "牵头": "lead", "牵头单位": "lead", "牵头部门": "lead", "主办": "lead", "主责": "lead", "配合": "cooperating",
    "协办": "cooperating", "配合单位": "cooperating", "责任": "responsible", "责任单位": "responsible",
    "负责": "responsible",
}  # fmt: skip
