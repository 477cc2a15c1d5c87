"""What a single line can be: title, number, date, addressee, signature, attachment, closing sentence."""

from __future__ import annotations

import re

from gaoxin.notices.text.numbering import Mark, mark_at
from gaoxin.notices.text.numerals import DAY
from gaoxin.notices.text.patterns import one_of

TYPES = (
    one_of(
        """
        通知 通告 公告 通报 意见 决定 决议 方案 措施 办法 规定 细则 计划 规划 条例 批复 函 要点 清单 规程 政策 纲要
        分工 目录 指南 指引 举措 制度 建议 命令 安排 部署 任务 表 十条 行动 标准 规则 分解 台账
        """
    )
    + "|[一二三四五六七八九十0-9]+条"
)
"""Kinds of official documents, as titles end."""
_TITLE_END = re.compile(rf"(?:{TYPES})(?:\(.{{1,30}}\)|的通知)*$")
TITLE_MORE = re.compile(r"\((?!.*年.*月.*日).{1,40}\)|-+.{1,40}")
PASSED = re.compile(
    rf"\(.{{0,60}}?(?P<date>{DAY.pattern}).{{0,60}}?(?:印发|发布|公布|通过|修订|修正|施行|批准).{{0,60}}\)"
)
"""The line under the title of rules: (2024年1月15日市政府常务会议通过)."""
NUMBER = re.compile(r"[\u4e00-\u9fff]{1,14} ?(?:\( ?(?:19|20)[0-9]{2} ?\)|(?:19|20)[0-9]{2}-) ?(?:第 ?)?[0-9]{1,5} ?号")
DECREE = re.compile(r"(?:[\u4e00-\u9fff]{2,16}令)?\(?第 ?[0-9〇一二三四五六七八九十百]{1,5} ?号\)?(?:令)?")
_ORGAN_ENDS = one_of(
    """
    人民政府 政府 委员会 办公厅 办公室 管委会 指挥部 领导小组 联席会议 中心 银行 分行 支行 监管局 税务局 总局 分局 局
    厅 部 院 委 办 工会 联合会 协会 总队 支队 海关 公司 集团 人大常委会 领导小组办公室 督查室 研究室
    """
)
_ORGAN = rf"(?:中共)?[\u4e00-\u9fff()]{{2,30}}?{_ORGAN_ENDS}"
ORGANS = re.compile(rf"{_ORGAN}(?:[ 、,]{{0,3}}{_ORGAN}){{0,9}}(?:文件|\(章\)|\(盖章\)|\(印\))?")
ISSUER_AND_DATE = re.compile(rf"(?P<organs>{_ORGAN}(?:[ 、,]{{0,3}}{_ORGAN}){{0,5}}) ?(?P<date>{DAY.pattern})(?:印发)?")
_MONTH = re.compile(r"(?:[0-9]{4}|[〇一二三四五六七八九]{4})年 ?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月")
_ADDRESSED = one_of(
    """
    政府 单位 部门 机构 企业 管委会 管委 委员会 办事处 局 厅 委 办 院校 学校 公司 园区 团体 组织 银行 成员 区 县 市 镇
    乡 街道 会 院 所 中心 集团 党工委 工委 党委 支行 部
    """
)
_ADDRESSEE = re.compile(
    r"(?=.{3,320}?:)"
    r"(?:各|市|省|区|县|有关|相关|全[市省区县]|中央|驻|本市"
    r"|[\u4e00-\u9fff、,()]{2,60}?(?:区|县|市|政府|管委会|局|厅|委|单位|部门|机构|公司))"
    rf"[^。:;]*?{_ADDRESSED}\)?:"
)
_NOT_ADDRESSEE = re.compile(
    r"如下|以下|通知|提出|制定|为(?:了|进一步|深入|全面|贯彻|加快|推动|促进)|根据|现将|责任|牵头|配合|目标|要求|联系"
)
ATTACHMENT = re.compile(r"附件? ?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,2})?(?: ?[::.、] ?| |$)(?P<title>.*)")
FILE_NAME = re.compile(r".*\.(?:docx?|xlsx?|pdf|wps|zip|rar|ofd|jpe?g|png)$", re.IGNORECASE)
CLOSING = re.compile(
    r"""
    (?:本|此|上述|以上|该)[^。,]{0,40}?,?[^。]{0,30}?(?:自|从)[^。]{0,60}?(?:起|后)
        [^。]{0,12}?(?:施行|实施|执行|生效|实行|有效|试行).*
    | (?:自|从)[^。]{1,40}?(?:起|后)(?:施行|实施|执行|生效|实行|试行).*
    | (?:本|上述|以上)[^。]{0,60}?(?:有效期|执行期限|施行期限|政策期限).*
    | (?:本|上述|以上)[^。]{0,40}?由[^。]{2,40}?(?:负责解释|承担解释|解释).*
    | 特此(?:通知|公告|通告|批复|函告).?
    | 请(?:各|遵照|认真|结合|按照)[^。]{0,60}。
    | [^。]{0,60}?(?:与本|同本)[^。]{0,10}?不一致的.*
    """,
    re.VERBOSE,
)
ISSUING = re.compile(r"印发|转发|下发|发给你们|现将|现予")
CONTENTS = re.compile(r"目 ?[录次]")
SHORT_TITLE, LONG_SENTENCE = 120, 70


def is_title(text: str) -> bool:
    """Whether the folded text can be (the last line of) a title.

    >>> is_title("云州市关于促进高新区高质量发展的实施意见"), is_title("现将有关事项通知如下。")
    (True, False)
    """
    if len(text) > SHORT_TITLE or "。" in text or is_row(text) or text.endswith((":", ";", ",", "、")):
        return False
    return _TITLE_END.search(text) is not None


def is_row(text: str) -> bool:
    """Whether the line is the row of a table: cells parted by tabs or bars.

    >>> is_row("1\\t建设平台\\t市科技局"), is_row("| 1 | 建设平台 |"), is_row("1. 建设平台")
    (True, True, False)
    """
    return "\t" in text or text.count("|") >= 2


def is_date(text: str) -> bool:
    """Whether the line is a date and nothing else; a month will do.

    >>> is_date("2021年7月23日"), is_date("二〇二一年七月"), is_date("2021年7月23日印发")
    (True, True, False)
    """
    return DAY.fullmatch(text.replace(" ", "")) is not None or _MONTH.fullmatch(text.replace(" ", "")) is not None


def joins_title(before: str, line: str) -> bool:
    """Whether ``before`` is an earlier line of the title that ``line`` goes on with."""
    if len(before) > 60 or before.endswith(("。", ":", ";")):
        return False
    if line.startswith(("的", "(", "关于", "印发", "转发")) or (is_title(line) and len(line) <= 8):
        return True
    return not is_title(before) and (
        _title_so_far(before) or (4 <= len(before) <= 30 and ORGANS.fullmatch(before) is None)
    )


def _title_so_far(text: str) -> bool:
    """An unfinished line: 云州市人民政府关于印发《…, … 高质量发展若干."""
    if text.count("《") > text.count("》") or text.count("(") > text.count(")"):
        return True
    return (
        re.search(
            r"关于|印发|转发|《|若干|进一步|加快|促进|支持|推进|推动|深化|实施|建设|发展|年|开展|做好|加强$", text
        )
        is not None
    )


def addressee_length(text: str) -> int:
    """Length of the addressee that ``text`` begins with, colon included; 0 when it begins otherwise."""
    match = _ADDRESSEE.match(text)
    if match is None or mark_at(text) is not None:
        return 0
    said = match[0]
    return 0 if _NOT_ADDRESSEE.search(said) else match.end()


def names_attachment(text: str, mark: Mark | None) -> bool:
    """Whether the line can go on with a list of attachments: a numbered title, or the name of a file."""
    if "。" in text or len(text) > SHORT_TITLE:
        return False
    return FILE_NAME.fullmatch(text) is not None or (mark is not None and mark.kind == "arabic")
