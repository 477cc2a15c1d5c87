"""What the head and the foot of a notice say of it: whose it is, its number, when it is in force."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from gaoxin.notices.layout.blocks import Layout
from gaoxin.notices.layout.lines import NUMBER
from gaoxin.notices.layout.paragraphs import Paragraph
from gaoxin.notices.notice import Jurisdiction, Validity
from gaoxin.notices.text.numerals import DAY, amount, days
from gaoxin.notices.text.patterns import one_of
from gaoxin.notices.text.view import Passage, Span, View

_ZH = "[\u4e00-\u9fff]"
_BEHIND = one_of(
    """
    人民政府 政府 委 办 局 厅 管理委员会 管委会 关于 促进 支持 推进 推动 加快 进一步 深化 实施 落实 建设 加强 鼓励
    高质量 高新 若干
    """
)
"""What follows the name of the place in a signature or title."""
_ZONE = one_of("示范区 试验区 高新区 高新技术产业开发区 经开区 经济技术开发区 开发区 新区 度假区")
_PLACE = re.compile(
    rf"(?:中共|中国共产党)?(?P<place>"
    rf"(?:(?!{_BEHIND}){_ZH}){{2,10}}?{_ZONE}"
    rf"|(?:{_ZH}{{2,6}}?(?:省|自治区))?(?:{_ZH}{{2,7}}?(?:市|自治州|盟|地区))?(?:{_ZH}{{1,6}}?(?:自治县|新区|区|县|旗|市))?)"
    rf"(?={_BEHIND}|{_ZH}{{2,14}}(?:局|委员会|厅|办公室|中心|部|院))"
)
_IN_TITLE = re.compile(
    rf"(?:关于|印发|《|发布|推动|促进|支持|加快)(?P<place>{_ZH}{{2,5}}?(?:省|自治区|市|州|新区|区|县|旗))"
    r"(?!场|级|政|民|属|域|块|委)"
)
_OPENS_TITLE = re.compile(rf"(?P<place>{_ZH}{{2,4}}?(?:省|市|区|县|旗|州))(?![场民级政容属域化圈块委])")
_NO_PLACE = re.compile(
    "园区$|高新区|开发区|社区|地区|片区|城区|城市|都市|超市|上市|股市|全市|本市|我市|示范区|试验区|新区$"
)
_LEVEL_AT_END = re.compile(rf"(?:{_ZONE}|自治区|自治州|自治县|地区|省|市|州|盟|区|县|旗)$")
_NATIONAL = re.compile(r"国务院|中华人民共和国|国家|科技部|科学技术部|财政部")
_NOT_A_PLACE = re.compile(r"^(?:全|本|我|各|该|省|市|区|县|进一步|加快|关于)")

_PUBLISHED = r"(?P<event>发布|公布|颁布|公告|印发|下发|签发|签署)之日起"
_ISSUER_KEYS = ("发布机构", "发文机关", "发文机构", "发文单位", "发布单位", "制定机关", "发布部门")
_IN_FORCE = "(?:施行|实施|执行|生效|实行|试行|有效|开始|至)"
_BEGINS = re.compile(
    rf"(?:自|从)(?:(?P<when>{DAY.pattern})(?:之日)?(?:起|开始)?|{_PUBLISHED}(?:[0-9]{{1,3}}日后|[三六]十日后)?)"
    rf"[^。;]{{0,16}}?{_IN_FORCE}"
)
_ENDS = re.compile(
    r"(?:有效期(?:限)?(?:至|到|截至|截止至|截止到|截止|为至)?|(?:施行|实施|执行|试行|有效|实行)?(?:期限)?(?:截?至|到|止于))"
    rf"为?(?P<when>{DAY.pattern})"
)
_YEARS = re.compile(
    r"(?:有效期|执行期|实施期|试行期|政策期限|施行期限|期限)限?(?:暂定|暂)?(?:为|是)?"
    r"(?P<number>[0-9]{1,2}|[一二三四五六七八九十两]{1,2})(?P<unit>年|个月)"
)
_OF_ITSELF = re.compile(r"本|此|上述|以上|有效期|之日起|自[^。]{2,24}起")


def find_jurisdiction(layout: Layout, source: str) -> Jurisdiction | None:
    """The place whose government speaks: by the signature, the red head, the title, the page's metadata."""
    sources = [*layout.issuers]
    for part in layout.parts:
        if part.title:
            sources.append(_passage(source, Span(part.title[0].span.start, part.title[-1].span.end)))
    sources += [layout.metadata[key] for key in _ISSUER_KEYS if key in layout.metadata]
    for passage in sources:
        found = _place(View(source, [passage.span]))
        if found:
            return found
    for passage in sources:
        view = View(source, [passage.span])
        match = _OPENS_TITLE.match(view.text) or _IN_TITLE.search(view.text)
        if match and not _NOT_A_PLACE.match(match["place"]) and not _NO_PLACE.search(match["place"]):
            return Jurisdiction(
                match["place"], _level(match["place"]), view.passage(match.start("place"), match.end("place"))
            )
    return None


def _place(view: View) -> Jurisdiction | None:
    text = view.text.replace(" ", "")
    if _NATIONAL.match(text):
        return None
    match = _PLACE.match(text)
    if match is None or not match["place"] or _NOT_A_PLACE.match(match["place"]):
        return None
    place = match["place"]
    start = view.text.find(place[0])
    end = next(
        (i + 1 for i in range(start, len(view.text)) if view.text[start : i + 1].replace(" ", "") == place),
        len(view.text),
    )
    return Jurisdiction(place, _level(place), view.passage(start, end))


def _level(place: str) -> str:
    match = _LEVEL_AT_END.search(place)
    level = match[0] if match else ""
    return {"高新技术产业开发区": "高新区", "经济技术开发区": "经开区", "自治县": "县"}.get(level, level)


def find_number(layout: Layout, source: str) -> Passage | None:
    """The number of the notice: on a line of its own, in brackets behind the title, in the metadata of the page."""
    if layout.numbers:
        return layout.numbers[0]
    keys = ("发文字号", "发布文号", "发文文号", "文号", "文件编号")
    for key in keys:
        if key in layout.metadata:
            view = View(source, [layout.metadata[key].span])
            match = NUMBER.search(view.text)
            if match:
                return view.passage(*match.span())
    for part in layout.parts[:1]:
        for line in part.title[-1:]:
            match = re.search(rf"\(({NUMBER.pattern})\)$", line.text)
            if match:
                return line.view.passage(match.start(1), match.end(1))
    return None


def find_validity(layout: Layout) -> Validity | None:
    """When the notice comes into force and how long it lasts, from its last paragraphs backwards."""
    begins: date | None = None
    ends: date | None = None
    years: Decimal | None = None
    published = issued = False
    words: list[Passage] = []
    for paragraph in _last_first(layout):
        text = paragraph.text
        for match in re.finditer(r"[^。]+。?", text):
            said = match[0]
            if not _OF_ITSELF.search(said):
                continue
            begin, end, lasting = _BEGINS.search(said), _ENDS.search(said), _YEARS.search(said)
            if begin and (begins or published or issued):
                begin = None
            of_itself = begin and re.search(r"本|此|上述|以上|^(?:自|从)|有效期", said[: begin.end() + 30])
            if not (of_itself or (lasting and "有效期" in said) or (end and ("有效期" in said or begin))):
                continue
            if begin and of_itself:
                if begin["when"]:
                    begins = days(begin["when"])[0].date
                else:
                    issued = begin["event"] in {"印发", "下发", "签发", "签署"}
                    published = not issued
            if end and ends is None:
                ends = days(end["when"])[0].date
            if lasting and years is None and (begin or "有效期" in said):
                number = amount(lasting["number"])
                years = number if number is None or lasting["unit"] == "年" else number / 12
            words.append(paragraph.view.passage(match.start(), match.end()))
        if begins or published or issued:
            break
    if not words:
        return None
    return Validity(tuple(reversed(words)), begins, ends, years, published, issued)


def _last_first(layout: Layout) -> Iterator[Paragraph]:
    for part in reversed(layout.parts):
        yield from reversed(part.closing)
        yield from reversed(part.body[-12:])
        yield from reversed(part.preamble[-3:])


def _passage(source: str, span: Span) -> Passage:
    return Passage(source[span.start : span.end], span)
