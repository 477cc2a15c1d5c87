"""Taking a statement of responsibility apart: names, roles, what stands in brackets.

``责任单位:市科委、市教委``, ``市科技局牵头,市财政局等配合``, ``由市科技局会同市财政局按职责分工负责``: labels speak
for the names behind them, phrases (牵头, 配合, 按职责分工负责) for the names before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gaoxin.notices.notice import Role, Unit
from gaoxin.notices.text.view import Passage, View
from gaoxin.notices.units.bodies import UNKNOWN, Bodies, Resolution
from gaoxin.notices.units.roles import COLON, LABEL, LABEL_AND_COLON, OPEN_END, OTHER_LABEL, PHRASE, ROLE_IN_BRACKETS
from gaoxin.words import Text

_TOGETHER = re.compile(r"会同|会商|联合|商(?!务|业)")
_LEADING = re.compile(r"^(?:并?由|以及|和|及|并|其中|与|或)+")
_SEPARATORS = "、,;。 \t/|:"
_CONJUNCTION = re.compile(r"以及|[和与及]")
_BEGINS_NAME = re.compile(r"省|市|区|县|州|各|国家|人行|人民银行")
_LOST = Text("两个单位之间缺少分隔", "the separator between two units is missing")
_PART_OF_NAME = re.compile(r"(?:市|区|县|州|旗|盟|管委会|管理委员会|街道|镇|乡|开发区|园区|功能区|[、,和及])+")
_BODY_ENDS = re.compile(r"(?:局|委|办|厅|部|中心|办公室|委员会|管委会|院|队|会|处|公司)$")
_OF_EACH = re.compile(r"各(?:省辖|地级以上|县级|有关|相关)?(?:市|县|区|州|盟|旗|镇|乡|街道|城区|园区|开发区)$")
_KIND_OF_PLACE = re.compile(
    r"(?:市|县|区|州|盟|旗|镇|乡|街道|苏木|特区|林区)(?:\([^()]*\))?级?(?:人民)?(?:政府|管委会|办事处)"
    r"|(?:市|县|区|州|镇|乡|街道)(?=$|[、和])"
)
_KIND_IN_SERIES = re.compile(
    r"(?:人民政府|政府|管委会|管理委员会|开发区|园区|功能区|街道|乡镇|镇街|镇|乡|商业银行|金融机构|高校|企业)"
    r"(?:管委会|办事处|人民政府|政府)?(?:\([^()]*\))?"
)
_REMARK_BEGINS = re.compile(r"以下|下同|不再|上述|排名|列第|排第")
_REMARK = re.compile(
    r"以下(?:均|各)|下同|不再|排名|列第|排第|首位|具体|上述|以上|涉及|详见|除.+外|见附件|按.+执行|为牵头单位"
)


@dataclass
class Statement:
    """What a statement says."""

    units: list[Unit] = field(default_factory=list)
    remarks: list[Passage] = field(default_factory=list)
    labelled: bool = False
    phrased: bool = False

    @property
    def resolved(self) -> int:
        """How many of the names were understood."""
        return sum(unit.certainty != "unknown" for unit in self.units)


@dataclass(slots=True)
class _Name:
    """A name as found, its role still open."""

    start: int
    end: int
    resolution: Resolution
    aliases: list[Passage]
    role: Role | None = None
    marked: bool = False
    open_ended: bool = False
    doubts: list[Text] = field(default_factory=list)


def read_statement(view: View, start: int, end: int, bodies: Bodies, role: Role | None = None) -> Statement:
    """Read ``view.text[start:end]``; ``role`` is that of a label that stands outside (the head of a column)."""
    return _Reader(view, bodies, role).read(start, end)


class _Reader:
    def __init__(self, view: View, bodies: Bodies, role: Role | None) -> None:
        self.view, self.text, self.bodies = view, view.text, bodies
        self.outside = role
        self.role = role
        self.prefix = ""
        self.names: list[_Name] = []
        self.waiting: list[_Name] = []
        """Names whose role the next phrase may say."""
        self.fields = False
        """Whether the list being read names fields instead of bodies."""
        self.elsewhere = False
        """Whether the last label was one of something else (完成时限:)."""
        self.each = False
        """Whether the last name began with 各, which the next may go on with."""
        self.hosted = False
        """Whether the names being read stand behind 会同."""
        self.statement = Statement(labelled=role is not None)

    def read(self, start: int, end: int) -> Statement:
        for first, last in self.sentences(start, end):
            if self.remark(first, last):
                continue
            before = len(self.names)
            pieces = self.joined(list(self.pieces(first, last)))
            self.fields = self.names_fields(pieces)
            for a, b, separator in pieces:
                self.piece(a, b)
                if separator == ";":
                    self.settle()
            self.settle()
            self.drop_sentence(before, first, last)
        self.statement.units = [self.unit(name) for name in self.names]
        return self.statement

    # -- cutting

    def sentences(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        first = start
        for i in range(start, end):
            if self.text[i] in "。,;" and _REMARK_BEGINS.match(self.text, i + 1) and self.depth(start, i) <= 0:
                yield first, i
                first = i + 1
                break  # what follows is about the list, commas and all
            if self.text[i] == "。":
                yield first, i
                first = i + 1
        if first < end:
            yield first, end

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """The stretches between separators that are in no brackets, with the separator behind each."""
        depth, first = 0, start
        for i in range(start, end):
            character = self.text[i]
            if character in "(《“":
                depth += 1
            elif character in ")》”":
                depth = max(depth - 1, 0)
            elif depth == 0 and character in _SEPARATORS and not self.label_colon(first, i):
                if first < i:
                    yield first, i, character
                first = i + 1
        if first < end:
            yield first, end, ""

    def label_colon(self, first: int, i: int) -> bool:
        """Whether the colon (or blank) at ``i`` stands behind a label that began at ``first``."""
        if self.text[i] not in ": ":
            return False
        matches = (label.match(self.text, first) for label in (LABEL, OTHER_LABEL))
        return any(match is not None and match.end() == i for match in matches)

    def joined(self, pieces: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """A blank inside a name parts nothing: pieces that only together make a name are one piece."""
        result: list[tuple[int, int, str]] = []
        for piece in pieces:
            if (
                result
                and result[-1][2] == "、"
                and _OF_EACH.search(self.text[slice(*result[-1][:2])])
                and _KIND_OF_PLACE.match(self.text[slice(*piece[:2])])
            ):
                result[-1] = (result[-1][0], piece[1], piece[2])  # 各市、州人民政府 is one group
                continue
            if result and result[-1][2] == " ":
                first, middle, _ = result[-1]
                left, right = LABEL_AND_COLON.sub("", self.text[first:middle]), self.text[piece[0] : piece[1]]
                if "unknown" in {self.resolve(left).certainty, self.resolve(right).certainty}:
                    together = self.resolve(left + right)
                    if together.certainty != "unknown":
                        result[-1] = (first, piece[1], piece[2])
                        continue
            result.append(piece)
        return result

    def remark(self, start: int, end: int) -> bool:
        """Keep a sentence that is about the list, not in it."""
        text = self.text[start:end]
        label = LABEL.match(text)
        about = _REMARK_BEGINS.match(text) or (_REMARK.search(text) and not PHRASE.search(text))
        if label is None and about:
            self.statement.remarks.append(self.view.passage(start, end))
            return True
        return False

    def drop_sentence(self, before: int, start: int, end: int) -> None:
        """A further sentence in which no name was understood is a remark."""
        new = self.names[before:]
        if new and before and all(name.resolution.certainty == "unknown" for name in new):
            del self.names[before:]
            self.statement.remarks.append(self.view.passage(start, end))

    # -- one piece

    def piece(self, start: int, end: int) -> None:
        while start < end and self.text[start] in " \t":
            start += 1
        other = OTHER_LABEL.match(self.text, start, end)
        if other and COLON.match(self.text, other.end(), end):
            self.elsewhere = True
        label = LABEL.match(self.text, start)
        if label and label.end() <= end:
            colon = COLON.match(self.text, label.end(), end)
            rest = self.text[label.end() : end]
            if colon or not rest or self.resolve(rest).certainty != "unknown":  # the colon may be lost
                self.settle()
                self.elsewhere = False
                self.role = label.lastgroup  # type: ignore[assignment]
                self.statement.labelled = True
                start = colon.end() if colon else label.end()
        if start >= end or self.elsewhere:
            return
        lead = _LEADING.match(self.text[start:end])
        if lead and self.resolve(self.text[start:end]).certainty == "unknown":
            start += lead.end()
        phrase = PHRASE.search(self.text[start:end])
        if phrase:
            end = start + phrase.start()
        self.name(start, end)
        if phrase:
            self.statement.phrased = True
            said: Role = phrase.lastgroup  # type: ignore[assignment]
            if self.hosted and said == "responsible":
                said = "cooperating"
            for name in self.waiting:
                if not name.marked or said != "responsible":
                    name.role, name.marked = said, True
            self.waiting = []

    def name(self, start: int, end: int) -> None:
        """One or several names with nothing but conjunctions between them."""
        while start < end and self.text[start] in " \t“":
            start += 1
        while end > start and self.text[end - 1] in " \t”的":
            end -= 1
        open_ended = OPEN_END.search(self.text[start:end])
        if open_ended and start + open_ended.start() < end:
            end = start + open_ended.start()
        else:
            open_ended = None
        if start >= end:
            if open_ended and self.names:
                self.names[-1].open_ended = True
            return
        together = self.outside_brackets(_TOGETHER, start, end)
        if together and self.resolve(self.text[start:end]).certainty == "unknown" and self.both(start, together, end):
            self.name(start, together[0])
            if self.text[together[0] : together[1]] != "联合":
                for name in self.waiting:
                    name.role, name.marked = "lead", True
                self.waiting = []
                self.cooperating(together[1], end)
            else:
                self.name(together[1], end)
            self.statement.phrased = True
        else:
            self.one(start, end)
        if open_ended and self.names:
            self.names[-1].open_ended = True

    def both(self, start: int, between: tuple[int, int], end: int) -> bool:
        """Whether names stand on both sides of 会同 or 商 (which may also be a part of a name)."""
        sides = [self.resolve(self.text[a:b]).certainty for a, b in ((start, between[0]), (between[1], end))]
        return "unknown" not in sides or (self.text[between[0] : between[1]] == "会同" and set(sides) != {"unknown"})

    def cooperating(self, start: int, end: int) -> None:
        """The names behind 会同, up to the end of the series."""
        self.hosted = True
        self.name(start, end)

    def one(self, start: int, end: int) -> None:
        """A name; or two of them around 和, when only that makes sense of both."""
        found = self.resolve(self.text[start:end])
        if found.certainty in {"unknown", "group"}:
            for match in _CONJUNCTION.finditer(self.text, start, end):
                if self.depth(start, match.start()) or match.start() == start or match.end() == end:
                    continue
                left = self.resolve(self.text[start : match.start()])
                kept, self.prefix = self.prefix, left.prefix or self.prefix
                right = self.resolve(self.text[match.end() : end])
                self.prefix = kept
                if "unknown" not in {left.certainty, right.certainty}:
                    self.name(start, match.start())
                    self.name(match.end(), end)
                    return
        name = _Name(start, end, found, [])
        if found.certainty == "unknown":
            middle = self.lost_separator(start, end)
            if middle:
                self.one(start, middle)
                self.one(middle, end)
                for part in self.names[-2:]:
                    part.doubts.append(_LOST)
                return
            name = self.with_brackets(start, end) or name
        if name.resolution.prefix:
            self.prefix = name.resolution.prefix
        self.names.append(name)
        self.waiting.append(name)
        self.each = found.certainty == "group" and (self.each or "各" in self.text[name.start : name.end])

    def lost_separator(self, start: int, end: int) -> int:
        """Where a second name begins in what only makes sense as two (市卫生健康委市公安局); 0 when nowhere."""
        for i in range(start + 3, end - 2):
            if _BEGINS_NAME.match(self.text, i) and self.depth(start, i) == 0:
                sides = {self.resolve(self.text[a:b]).certainty for a, b in ((start, i), (i, end))}
                if sides <= {"register", "pattern", "group"}:
                    return i
        return 0

    def with_brackets(self, start: int, end: int) -> _Name | None:
        """市委金融办(市地方金融监管局), 市科技局(牵头): a name and what is said of it in brackets."""
        if self.text[end - 1] != ")":
            return None
        depth, opening = 0, -1
        for i in range(end - 1, start, -1):
            depth += {")": 1, "(": -1}.get(self.text[i], 0)
            if depth == 0:
                opening = i
                break
        if opening <= start:
            return None
        inside = self.text[opening + 1 : end - 1]
        found = self.resolve(self.text[start:opening])
        name = _Name(start, opening, found, [])
        if inside in ROLE_IN_BRACKETS:
            name.role, name.marked = ROLE_IN_BRACKETS[inside], True
        elif _PART_OF_NAME.fullmatch(inside):
            if found.certainty == "unknown":
                return None
            name.end = end
        elif _BODY_ENDS.search(inside) or self.resolve(inside).certainty != "unknown":
            name.aliases = [self.view.passage(opening + 1, end - 1)]
            if found.certainty == "unknown":
                other = self.resolve(inside)
                if other.certainty in {"register", "pattern"}:
                    note = Text("按括号内的名称认出", "known by the name in brackets")
                    name.resolution = replace(other, doubts=(*other.doubts, note))
        else:
            passage = self.view.passage(opening + 1, end - 1)
            name.doubts.append(
                Text(f"括号内“{passage.text}”未能理解", f"“{passage.text}” in brackets was not understood")
            )
            name.aliases = [passage]
        return name

    # -- roles

    def settle(self) -> None:
        """The series is over: what no phrase has spoken for has the role of its label."""
        for name in self.waiting:
            role = "cooperating" if self.hosted else self.role
            if name.role is None and role is not None:
                name.role, name.marked = role, True
        self.waiting = []
        self.hosted = False

    def unit(self, name: _Name) -> Unit:
        found = name.resolution
        doubts = [*found.doubts, *name.doubts]
        if name.role is None and self.statement.phrased:
            doubts.append(Text("没有写明角色", "its role is not written"))
        return Unit(
            name=self.view.passage(name.start, name.end),
            role=name.role or "responsible",
            body=found.body,
            certainty=found.certainty,
            role_marked=name.role is not None,
            level=found.level,
            members=found.members,
            aliases=tuple(name.aliases),
            candidates=found.candidates,
            open_ended=name.open_ended,
            doubts=tuple(doubts),
        )

    # -- names

    def names_fields(self, pieces: list[tuple[int, int, str]]) -> bool:
        """Whether the list names fields only: 市发展改革、科技、财政等部门."""
        if not pieces:
            return False
        last = self.text[pieces[-1][0] : pieces[-1][1]]
        phrase = PHRASE.search(last)
        last = last[: phrase.start()] if phrase else last
        return re.search(r"等(?:有关|相关)?部门$|[^关级]部门$", last) is not None

    def resolve(self, text: str) -> Resolution:
        name = text.replace(" ", "")
        found = self.bodies.resolve(name, self.prefix)
        if self.each and found.prefix == "" and found.certainty in {"unknown", "pattern"} and self.bodies.is_form(name):
            return Resolution(None, "group")  # 各地(市)住建局、自然资源局: of each place
        if found.certainty != "group" and self.each and _KIND_IN_SERIES.fullmatch(name):
            return self.bodies.resolve("各" + name)  # 各城区政府、开发区管委会
        if found.certainty == "unknown" and self.fields:
            field_only = self.bodies.department(name.removesuffix("部门"), self.prefix)
            if field_only is not UNKNOWN:
                return field_only
        return found

    def outside_brackets(self, pattern: re.Pattern[str], start: int, end: int) -> tuple[int, int] | None:
        for match in pattern.finditer(self.text, start, end):
            if self.depth(start, match.start()) == 0 and start < match.start() and match.end() < end:
                return match.span()
        return None

    def depth(self, start: int, end: int) -> int:
        return self.text.count("(", start, end) - self.text.count(")", start, end)
