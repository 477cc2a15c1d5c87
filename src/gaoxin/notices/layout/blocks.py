"""Which paragraph is what: title, number, addressee, preamble, clauses, signature, and what others put around them.

One pass from top to bottom. A part of a notice goes through three stages, ``head`` (until its text begins), ``body``
and ``tail`` (after the signature); a title in the tail, or in the body right after 现将…印发给你们, begins the next
part.
Nothing is thrown away: every paragraph ends up in a block.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gaoxin.notices.layout.lines import (
    ATTACHMENT,
    CLOSING,
    CONTENTS,
    DECREE,
    FILE_NAME,
    ISSUER_AND_DATE,
    ISSUING,
    LONG_SENTENCE,
    NUMBER,
    ORGANS,
    PASSED,
    SHORT_TITLE,
    TITLE_MORE,
    addressee_length,
    is_date,
    is_row,
    is_title,
    joins_title,
    names_attachment,
)
from gaoxin.notices.layout.paragraphs import Paragraph
from gaoxin.notices.layout.repost import addition, metadata
from gaoxin.notices.notice import BlockKind
from gaoxin.notices.text.numbering import mark_at
from gaoxin.notices.text.numerals import days
from gaoxin.notices.text.view import Passage, Span

PartKind = Literal["notice", "document", "attachment"]


@dataclass
class PartDraft:
    """The paragraphs of one part, sorted."""

    kind: PartKind
    title: list[Paragraph] = field(default_factory=list)
    preamble: list[Paragraph] = field(default_factory=list)
    body: list[Paragraph] = field(default_factory=list)
    closing: list[Paragraph] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing but perhaps a title is in it."""
        return not (self.preamble or self.body or self.closing)


@dataclass
class Layout:
    """The paragraphs of a notice, sorted."""

    blocks: list[tuple[BlockKind, Passage]] = field(default_factory=list)
    parts: list[PartDraft] = field(default_factory=list)
    numbers: list[Passage] = field(default_factory=list)
    issuers: list[Passage] = field(default_factory=list)
    """From the signature and from the red head."""
    addressee: Passage | None = None
    signed: Passage | None = None
    signed_on: date | None = None
    metadata: dict[str, Passage] = field(default_factory=dict)
    misread: list[Paragraph] = field(default_factory=list)
    """Paragraphs in the head or tail that nothing explains."""


class _Pass:
    """The one pass: where it is, and what it has found."""

    def __init__(self, items: list[Paragraph]) -> None:
        self.items = items
        self.layout = Layout()
        self.stage: Literal["head", "body", "tail"] = "head"
        self.waiting: list[Paragraph] = []
        """Lines of the head that may turn out to be a title."""
        self.part = PartDraft("notice")
        self.listing = False
        """Whether the lines being read belong to a list of attachments."""
        self.contents_until = 0

    def run(self) -> Layout:
        i = 0
        while i < len(self.items):
            step: Callable[[int], int] = {"head": self.head, "body": self.body, "tail": self.tail}[self.stage]
            i += step(i)
        self.settle_title()
        self.close_part()
        self.layout.blocks.sort(key=lambda block: block[1].span)
        return self.layout

    # -- what the stages share

    def put(self, kind: BlockKind, paragraph: Paragraph) -> Passage:
        passage = Passage(paragraph.view.source[paragraph.span.start : paragraph.span.end], paragraph.span)
        self.layout.blocks.append((kind, passage))
        return passage

    def close_part(self) -> None:
        if not self.part.empty or self.part.title:
            self.layout.parts.append(self.part)

    def open_part(self, kind: PartKind) -> None:
        self.settle_title()
        self.close_part()
        self.part = PartDraft(kind)
        self.stage = "head"
        self.listing = False

    def settle_title(self) -> None:
        """Of the waiting lines, the last group that ends like a title is the title; the rest was not understood."""
        lines, self.waiting = self.waiting, []
        if not lines:
            return
        end = max((i for i, line in enumerate(lines) if is_title(line.text)), default=-1)
        while 0 <= end < len(lines) - 1 and TITLE_MORE.fullmatch(lines[end + 1].text):
            end += 1
        start = end
        while start > 0 and joins_title(lines[start - 1].text, lines[start].text):
            start -= 1
        title = lines[start : end + 1] if end >= 0 else []
        if title and not self.part.title:
            self.part.title = title
            for line in title:
                self.put("title", line)
        else:
            start, end = 0, -1
        named = "".join(line.text for line in title).replace(" ", "")
        for i, line in enumerate(lines):
            if start <= i <= end:
                continue
            text = line.text.replace(" ", "")
            if named and (text in named or named in text) and len(text) > 5:
                self.put("repost", line)  # the page gives the title once more
            elif ORGANS.fullmatch(line.text):
                self.layout.issuers.append(self.put("issuer", line))
            else:
                self.put("other", line)
                self.layout.misread.append(line)

    def signature(self, i: int) -> int:
        """Take the signature that begins with paragraph ``i``: issuers and date in either order; 0 if there is none."""
        taken = 0
        dated = False
        while i + taken < len(self.items) and taken < 12:
            paragraph = self.items[i + taken]
            text = paragraph.text
            both = ISSUER_AND_DATE.fullmatch(text)
            if both:
                self.issuer(paragraph, both.start("organs"), both.end("organs"), "signature")
                self.date(paragraph, both.start("date"), both.end("date"))
                dated = True
            elif not dated and is_date(text):
                self.date(paragraph, 0, len(text))
                dated = True
            elif ORGANS.fullmatch(text) and not is_title(text) and len(text) <= 120:
                if not dated and not self.date_follows(i + taken):
                    break
                self.issuer(paragraph, 0, len(text), "signature")
            else:
                break
            taken += 1
        return taken

    def date_follows(self, i: int) -> bool:
        """Whether a date (or the end) stands behind the organs that begin at ``i``."""
        for paragraph in self.items[i + 1 : i + 8]:
            if is_date(paragraph.text) or ISSUER_AND_DATE.fullmatch(paragraph.text):
                return True
            if not ORGANS.fullmatch(paragraph.text):
                return addition(paragraph.text, edge=True) is not None
        return True

    def issuer(self, paragraph: Paragraph, start: int, end: int, kind: BlockKind) -> None:
        view = paragraph.view.part(start, end)
        self.layout.blocks.append((kind, view.passage(0, len(view))))
        at = 0
        for name in re.split(r"[ 、,]+", view.text):
            begin = view.text.index(name, at)
            at = begin + len(name)
            if name:
                self.layout.issuers.append(view.passage(begin, at))

    def date(self, paragraph: Paragraph, start: int, end: int) -> None:
        view = paragraph.view.part(start, end)
        passage = view.passage(0, len(view))
        self.layout.blocks.append(("date", passage))
        found = days(view.text)
        if self.layout.signed is None:
            self.layout.signed = passage
            self.layout.signed_on = found[0].date if found else None

    def aside(self, paragraph: Paragraph, *, edge: bool) -> bool:
        """Set an addition aside, if the paragraph is one."""
        kind = addition(paragraph.text, edge=edge)
        if kind is None:
            return False
        self.put(kind, paragraph)
        if kind == "metadata":
            found = metadata(paragraph.text)
            if found and found[1]:
                start = found[2]
                self.layout.metadata.setdefault(found[0], paragraph.view.passage(start, start + len(found[1])))
        return True

    # -- the three stages

    def head(self, i: int) -> int:
        paragraph = self.items[i]
        text = paragraph.text
        first = not self.layout.parts
        mark = mark_at(text)
        if self.contents(i) or self.aside(paragraph, edge=first):
            return 1
        if CONTENTS.fullmatch(text):
            self.put("contents", paragraph)
            self.contents_until = self.end_of_contents(i)
            return 1
        number = NUMBER.search(text)
        if (number and len(text) - (number.end() - number.start()) <= 8) or DECREE.fullmatch(text):
            place = number.span() if number else (0, len(text))
            self.layout.numbers.append(paragraph.view.passage(*place))
            self.put("number", paragraph)
            return 1
        if is_date(text.strip("()")) and (self.waiting or self.part.title or i + 1 < len(self.items)):
            bracket = 1 if text.startswith("(") else 0
            self.settle_title()
            self.date(paragraph, bracket, len(text) - bracket)
            if bracket:  # the brackets belong to the block, if not to the date
                self.layout.blocks.pop()
                self.put("date", paragraph)
            return 1
        passed = PASSED.fullmatch(text)
        if passed:
            self.settle_title()
            self.date(paragraph, passed.start("date"), passed.end("date"))
            self.layout.blocks.pop()
            self.put("date", paragraph)
            return 1
        attachment = ATTACHMENT.fullmatch(text)
        if attachment and not attachment["title"] and mark is None:
            self.put("attachments", paragraph)
            return 1
        length = 0 if self.layout.addressee or not first else addressee_length(text)
        if length:
            self.settle_title()
            self.layout.addressee = paragraph.view.passage(0, length - 1)
            head, rest = _cut(paragraph, length)
            self.put("addressee", head)
            self.stage = "body"
            if rest is not None:
                self.items[i] = rest
                return 0
            return 1
        if mark is not None or is_row(text):
            self.settle_title()
            self.stage = "body"
            return 0
        if "。" in text or len(text) > SHORT_TITLE or (text.endswith(":") and len(text) > 12):
            self.settle_title()
            self.stage = "body"
            return 0
        self.waiting.append(paragraph)
        return 1

    def body(self, i: int) -> int:
        paragraph = self.items[i]
        text = paragraph.text
        mark = mark_at(text)
        if self.listing and (mark is not None or FILE_NAME.fullmatch(text)) and names_attachment(text, mark):
            self.put("attachments", paragraph)
            return 1
        self.listing = False
        if mark is None:
            # Behind the last clause every addition counts; between clauses only what can be nothing else.
            if self.aside(paragraph, edge=not self.more_marks(i)):
                return 1
            taken = self.signature(i)
            if taken:
                self.stage = "tail"
                return taken
            attachment = ATTACHMENT.fullmatch(text)
            if attachment and len(text) <= SHORT_TITLE and "。" not in text:
                if not attachment["title"] and (self.part.body or self.part.preamble):
                    self.put("attachments", paragraph)
                    self.open_part("attachment")
                    return 1
                self.put("attachments", paragraph)
                self.listing = True
                return 1
            if not self.part.body and self.issues(i):
                self.open_part("document")
                return 0
            if self.part.body and CLOSING.fullmatch(text) and not self.more_clauses(i):
                self.part.closing.append(paragraph)
                self.put("closing", paragraph)
                return 1
        if mark is None and not self.part.body and not is_row(text):
            length = 0 if self.layout.addressee or self.layout.parts else addressee_length(text)
            if length and not self.part.preamble:
                self.stage = "head"
                return 0
            kind: BlockKind = "preamble"
            if CLOSING.fullmatch(text) and self.part.preamble and not self.more_clauses(i):
                kind = "closing"
                self.part.closing.append(paragraph)
            else:
                self.part.preamble.append(paragraph)
            self.put(kind, paragraph)
            return 1
        self.part.body.append(paragraph)
        self.put("clause", paragraph)
        return 1

    def tail(self, i: int) -> int:
        paragraph = self.items[i]
        text = paragraph.text
        if self.aside(paragraph, edge=True):
            return 1
        taken = self.signature(i) if not self.more_clauses(i) else 0
        if taken:
            return taken
        mark = mark_at(text)
        if self.listing and names_attachment(text, mark):
            self.put("attachments", paragraph)
            return 1
        attachment = ATTACHMENT.fullmatch(text)
        if attachment and "。" not in text:
            heading = not FILE_NAME.fullmatch(text) and self.substance(i + 1)
            if heading and (not attachment["title"] or not mark_at(attachment["title"])):
                self.open_part("attachment")
                if attachment["title"]:
                    start = attachment.start("title")
                    head, rest = _cut(paragraph, start)
                    self.put("attachments", head)
                    if rest is not None:
                        self.waiting.append(rest)
                else:
                    self.put("attachments", paragraph)
                return 1
            self.put("attachments", paragraph)
            self.listing = True
            return 1
        self.listing = False
        if not self.substance(i):
            if len(text) <= LONG_SENTENCE or not self.substance(i + 1):
                self.put("repost" if addition(text, edge=True) else "other", paragraph)
                self.layout.misread.append(paragraph)
            return 1
        kind: PartKind = "document" if self.part.kind == "notice" and not self.part.body else "attachment"
        if self.part.body and not is_title(text) and mark is None and not is_row(text):
            self.put("other", paragraph)
            self.layout.misread.append(paragraph)
            return 1
        self.open_part(kind)
        return 0

    # -- looking ahead

    def more_marks(self, i: int) -> bool:
        return any(mark_at(item.text) is not None or is_row(item.text) for item in self.items[i + 1 :])

    def more_clauses(self, i: int) -> bool:
        """Whether a numbered clause follows before the next signature or attachment."""
        for item in self.items[i + 1 :]:
            if mark_at(item.text) is not None:
                return True
            if is_date(item.text) or ISSUER_AND_DATE.fullmatch(item.text) or item.text.startswith("附件"):
                return False
        return False

    def substance(self, i: int) -> bool:
        """Whether clauses, a table or long sentences follow: the text of a further part."""
        for item in self.items[i : i + 12]:
            if addition(item.text, edge=True):
                continue
            if mark_at(item.text) is not None or is_row(item.text):
                return True
            if "。" in item.text and len(item.text) > LONG_SENTENCE:
                return True
        return False

    def issues(self, i: int) -> bool:
        """Whether the line is the title of the document that the preamble issues, with no signature between."""
        before = "".join(paragraph.text for paragraph in self.part.preamble)
        if not before or not ISSUING.search(before):
            return False
        text = self.items[i].text
        following = self.items[i + 1].text if i + 1 < len(self.items) else ""
        return is_title(text) or (len(text) < 40 and not text.endswith(("。", ":")) and is_title(following))

    def contents(self, i: int) -> bool:
        if i < self.contents_until:
            self.put("contents", self.items[i])
            return True
        return False

    def end_of_contents(self, i: int) -> int:
        """Index of the paragraph at which a table of contents is over: where its first entry stands again."""
        first = next(iter(self.items[i + 1 : i + 2]), None)
        if first is None:
            return i
        plain = re.sub(r"[ .…·0-9-]+$", "", first.text).replace(" ", "")
        for k in range(i + 2, min(len(self.items), i + 120)):
            if plain and self.items[k].text.replace(" ", "").startswith(plain):
                return k
        return i


def lay_out(items: list[Paragraph]) -> Layout:
    """Sort the paragraphs of a notice."""
    return _Pass(list(items)).run()


def _cut(paragraph: Paragraph, at: int) -> tuple[Paragraph, Paragraph | None]:
    """The paragraph in two, before and from index ``at`` of its text."""
    view = paragraph.view
    while at < len(view) and view.text[at] == " ":
        at += 1
    if at >= len(view):
        return paragraph, None
    middle = view.at[at]
    first, second = view.part(0, at), view.part(at, len(view))
    end = first.at[-1] + 1 if len(first) else paragraph.span.start
    return Paragraph(first, Span(paragraph.span.start, end)), Paragraph(second, Span(middle, paragraph.span.end))
