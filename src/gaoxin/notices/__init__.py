"""Reading municipal notices: from text to clauses, responsible units, actions and what is missing.

>>> from gaoxin.notices import read_notice
>>> notice = read_notice("一、建设平台。支持企业建设研究院。（责任单位：科技部、财政部）")
>>> [unit.body for unit in notice.clause("一").answerable]
['中华人民共和国科学技术部', '中华人民共和国财政部']

Pure on text; files are opened only by ``gaoxin.notices.files.read_file``, and only the one that is named. What a notice
says is ``notice.Notice``; ``reading`` puts it together, from characters up: ``text`` → ``layout`` → ``clauses`` and
``units`` → ``contents`` → ``gaps``. ``outputs`` are JSON, a list of measures to edit, a workbook, and a comparison.
"""

from gaoxin.notices.notice import Action, Clause, Duty, Finding, Notice, Unit
from gaoxin.notices.outputs.compare import Comparison, compare
from gaoxin.notices.outputs.measures import MeasureList, draft_measures, load_measures
from gaoxin.notices.reading import read_notice
from gaoxin.notices.text.view import Passage, Span
from gaoxin.notices.units.register import Register, load_register

__all__ = [
    "Action", "Clause", "Comparison", "Duty", "Finding", "MeasureList", "Notice", "Passage", "Register", "Span", "Unit",
    "compare", "draft_measures", "load_measures", "load_register", "read_notice",
]  # fmt: skip
