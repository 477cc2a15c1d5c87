"""Letters as .docx from templates: made here, or the office's own in the folder ``letters`` of the site.

A template is a Word file with fields in braces ({{ zone }}, {{ action }} …); `fields` lists what there is.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate

from gaoxin.platform.adjustments.models import Action, Case, Step

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "notice": (
        "关于拟对{{ zone }}作出{{ action }}的告知书",
        (
            "{{ zone }}：",
            "根据{{ source }}，{{ city }}对 {{ period }} 年度评价结果进行了审核，拟对你单位作出“{{ action }}”的处理。",
            "规则：{{ rule }}（{{ rule_code }}，{{ book }}）。",
            "历年名次：{{ history }}。",
            "{{ certainty }}。",
            "{% if text %}{{ text }}{% endif %}",
            "你单位可在 {{ due }} 前提出书面陈述意见；逾期未提出的，视为放弃陈述。",
        ),
    ),
    "decision": (
        "关于对{{ zone }}{{ action }}的决定",
        (
            "{{ zone }}：",
            "根据{{ source }}，经告知并听取陈述意见，决定对你单位作出“{{ action }}”的处理。",
            "事实：{{ period }} 年度评价，历年名次 {{ history }}；规则 {{ rule }}（{{ rule_code }}，{{ book }}）。",
            "{% if statement %}你单位的陈述意见：{{ statement }}{% else %}你单位在期限内未提出陈述意见。{% endif %}",
            "理由：{{ text }}",
            "{% if due %}请于 {{ due }} 前报送整改方案。{% endif %}",
        ),
    ),
    "acceptance": (
        "关于{{ zone }}整改通过验收的通知",
        ("{{ zone }}：", "经验收，你单位的整改已通过。", "验收意见：{{ text }}"),
    ),
    "withdrawal": (
        "关于{{ zone }}退出的决定",
        (
            "{{ zone }}：",
            "你单位被责令整改后未通过验收。根据{{ source }}，决定你单位退出。",
            "理由：{{ text }}",
        ),
    ),
}


def fields(case: Case, step: Step) -> dict[str, Any]:
    """What a template can name."""
    found = case.finding
    source = found.get("citation") or {}
    statement = case.steps.filter(name="state", undone=False).last()
    ranks = (
        f"{one['period']} 年第 {one['rank']:g} 位（共 {one['ranked']} 个）"
        if one["rank"] is not None
        else f"{one['period']} 年无名次"
        for one in found["history"]
    )
    return {
        "city": case.proposing.organisation.name,
        "zone": case.organisation.name,
        "action": dict(_ACTIONS)[case.action],
        "period": case.period,
        "rule": found["name"]["zh"],
        "rule_code": case.rule,
        "book": f"{case.proposing.book} {case.proposing.book_version}",
        "source": f"《{source['title']['zh']}》{source['number']}{source['article']}" if source else "本市规则",
        "history": "，".join(ranks),
        "certainty": found.get("certainty_words", {}).get("zh", ""),
        "statement": statement.text if statement else "",
        "text": step.text,
        "due": step.due_after.isoformat() if step.due_after else "",
        "signatory": step.signatory,
        "position": step.position,
        "date": step.at.date().isoformat(),
        "synthetic": "合成数据，仅供演示，不产生任何效力" if case.synthetic else "",
    }


_ACTIONS = (
    (Action.COMMEND, "通报表扬"),
    (Action.ADMIT, "优先纳入"),
    (Action.WARN, "警告"),
    (Action.RECTIFY, "责令整改"),
    (Action.WITHDRAW, "退出"),
)


def write(kind: str, case: Case, step: Step) -> bytes:
    """The letter that goes out with a step."""
    own = Path(settings.DATA) / "letters" / f"{kind}.docx"
    template = DocxTemplate(io.BytesIO(own.read_bytes() if own.is_file() else made(kind)))
    template.render(fields(case, step), autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


@lru_cache(maxsize=8)
def made(kind: str) -> bytes:
    """The template that ships: title, paragraphs, signature. Offices copy and change it."""
    title, paragraphs = KINDS[kind]
    document = Document()
    style = document.styles["Normal"]
    style.font.size = Pt(14)
    style.font.name = "Times New Roman"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    document.add_paragraph("{{ synthetic }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run(title)
    run.bold, run.font.size = True, Pt(18)
    for number, text in enumerate(paragraphs):
        paragraph = document.add_paragraph(text)
        if number:
            paragraph.paragraph_format.first_line_indent = Pt(28)
    for text in ("{{ city }}", "{{ position }} {{ signatory }}", "{{ date }}"):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
