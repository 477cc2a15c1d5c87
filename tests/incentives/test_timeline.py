"""What an instrument was over time: no day without an answer, no gap passed over in silence."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from gaoxin.cli.incentives import app
from gaoxin.incentives.timeline import Line, Timeline, instruments, timeline, told
from gaoxin.problems import InputError
from gaoxin.rulebook import Book, load_book

RUNNER = CliRunner()
DAY = datetime.timedelta(days=1)


@cache
def book() -> Book:
    return load_book("incentives-cn")


@cache
def history(instrument: str) -> Timeline:
    return timeline(book(), instrument, as_of=datetime.date(2025, 3, 1))


def line(instrument: str, code: str) -> Line:
    (found,) = [one for one in history(instrument).lines if one.code == code]
    return found


def spans(instrument: str, code: str) -> list[tuple[str, str, str, str]]:
    return [(str(one.first), str(one.last), one.kind, one.says.en) for one in line(instrument, code).spans]


def test_every_instrument_of_the_book_has_a_name_in_both_languages():
    assert set(instruments(book())) == {benefit.instrument for benefit in book().benefits.values()}
    assert set(instruments(book())) == set(book().instruments)


@pytest.mark.parametrize("instrument", list(instruments(load_book("incentives-cn"))))
def test_every_entry_says_something_about_every_day(instrument):
    for one in history(instrument).lines:
        assert one.spans[0].first is None, one.code
        assert one.spans[-1].last is None, one.code
        for earlier, later in zip(one.spans, one.spans[1:], strict=False):
            assert earlier.last is not None, one.code
            assert later.first == earlier.last + DAY, one.code


def test_every_benefit_and_every_parameter_is_in_some_timeline():
    told_of = {one.code for instrument in instruments(book()) for one in history(instrument).lines}
    assert set(book().benefits) <= told_of
    assert set(book().parameters) <= told_of


def test_what_is_known_names_its_document_and_what_is_unknown_what_would_settle_it():
    for instrument in instruments(book()):
        for one in history(instrument).lines:
            for span in one.spans:
                if span.kind == "known" and one.kind in {"benefit", "parameter"}:
                    assert span.citation is not None, one.code
                if span.kind == "unknown":
                    assert span.settled_by.zh, one.code
                    assert span.settled_by.en, one.code


def test_a_rate_with_a_hole_between_two_notices():
    assert spans("rd-super-deduction", "rd_rate_tsme") == [
        ("None", "2016-12-31", "gap", "not in the book (nothing is extended)"),
        ("2017-01-01", "2019-12-31", "known", "0.75"),
        ("2020-01-01", "2021-12-31", "gap", "not in the book (nothing is extended)"),
        ("2022-01-01", "2022-12-31", "known", "1.00"),
        ("2023-01-01", "None", "gap", "not in the book (nothing is extended)"),
    ]


def test_a_benefit_that_is_known_to_have_begun_and_ended():
    assert [(first, last, kind) for first, last, kind, _ in spans("rd-super-deduction", "rd_equipment_2022")] == [
        ("None", "2022-09-30", "none"), ("2022-10-01", "2022-12-31", "known"), ("2023-01-01", "None", "none"),
    ]  # fmt: skip


def test_an_unknown_time_names_what_would_settle_it():
    *_, last = line("software-vat-refund", "software_vat_refund").spans
    assert (str(last.first), last.kind) == ("2026-01-01", "unknown")
    assert "2026" in last.settled_by.zh


def test_bands_are_told_with_their_limits_and_units():
    (_, steps) = line("hnte", "hn_rd_ratio_steps").spans
    assert steps.says.en == "(−∞, 50000000] 元: 0.05; (50000000, 200000000] 元: 0.04; (200000000, ∞) 元: 0.03"
    assert steps.citation is not None
    assert steps.citation.number == "国科发火〔2016〕32号"


def test_parameters_of_other_files_are_told_where_they_are_used():
    assert line("hnte", "cit_rate").kind == "parameter"
    assert line("scarce-talent", "tl_threshold").spans[-1].kind == "unknown"


def test_a_condition_is_told_only_where_it_changed():
    codes = {one.code for one in history("advanced-service").lines if one.kind == "condition"}
    assert codes == {"ats_cond_scope"}
    assert line("software-ic", "is_cond_enterprise").spans[-1].kind == "unknown"


def test_an_unknown_instrument_is_refused_with_similar_ones():
    with pytest.raises(InputError) as error:
        timeline(book(), "research-equipmnt", as_of=datetime.date(2025, 3, 1))
    (problem,) = error.value.problems
    assert "research-equipment" in problem.remedy.en


def test_the_lines_speak_both_languages():
    chinese, english = (list(told(history("scarce-talent"), language)) for language in ("zh", "en"))
    assert len(chinese) == len(english)
    assert any("2020-01-01 – 2025-01-24  0.15  Policy of Lingang" in one for one in english)
    assert any("未知：" in one and "可由此查明：" in one for one in chinese)


def invoke(*arguments: str):
    return RUNNER.invoke(app, ["timeline", *arguments], catch_exceptions=False)


def test_without_an_instrument_the_command_lists_them():
    result = invoke("--lang", "en")
    assert result.exit_code == 0
    assert [one.split()[0] for one in result.output.splitlines()] == list(instruments(book()))
    assert "R&D super-deduction" in result.output


def test_the_command_tells_a_timeline():
    result = invoke("rd-super-deduction", "--lang", "zh")
    assert (
        "2018-01-01 – 2020-12-31  0.75  《关于提高研究开发费用税前加计扣除比例的通知》 财税〔2018〕99号（引用）"
        in result.output
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_timeline_ends_with_day_version_marks_and_that_it_is_no_advice(tmp_path: Path, language: str):
    given = ("rd-super-deduction", "--lang", language, "--as-of", "2025-03-01")
    path = tmp_path / "rd.xlsx"
    assert invoke(*given, "--out", str(path)).exit_code == 0
    about = openpyxl.load_workbook(path).worksheets[1].values
    for text in (invoke(*given).output, "\n".join(str(row[0]) for row in about)):
        assert "2025-03-01" in text
        assert book().version in text
        assert {"zh": "官方 ", "en": "official "}[language] in text
        assert {"zh": "不是税务意见", "en": "not tax advice"}[language] in text


def test_the_workbook_has_a_row_for_every_span(tmp_path: Path):
    path = tmp_path / "rd.xlsx"
    assert invoke("rd-super-deduction", "--lang", "en", "--out", str(path)).exit_code == 0
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:6] == ("kind", "code", "name", "unit", "from", "to")
    assert len(rows) - 1 == sum(len(one.spans) for one in history("rd-super-deduction").lines)
    (row,) = [one for one in rows if one[1] == "rd_rate_ic" and one[6] == "known"]
    assert row[4:8] == (datetime.datetime(2023, 1, 1), datetime.datetime(2027, 12, 31), "known", "1.20")
    assert row[10] == "财政部 税务总局 国家发展改革委 工业和信息化部公告2023年第44号"


def test_another_kind_of_file_is_refused(tmp_path: Path):
    path = tmp_path / "rd.docx"
    with pytest.raises(InputError):
        invoke("rd-super-deduction", "--out", str(path))
    assert not path.exists()
