"""``gaoxin book prove``: the table, the findings in words, JSON, exit codes, and what is asked for wrongly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaoxin.cli import proof
from gaoxin.cli.book import app
from gaoxin.problems import InputError
from gaoxin.rulebook import BookError

RUNNER = CliRunner()
SMALL = str(Path(__file__).parents[1] / "proofs" / "small")


def run(*arguments: str, lang: str = "en"):
    environment = {"COLUMNS": "220"}
    return RUNNER.invoke(app, ["prove", *arguments], obj={"lang": lang}, env=environment, catch_exceptions=False)


def test_a_known_cliff_is_told_in_words_and_is_no_failure():
    result = run(SMALL, "--period", "2024", "--property", "cliffs:p_keeps")
    assert result.exit_code == 0
    assert "refuted (known)" in result.output
    assert "all of 2 cliffs (looked for along 2 figures)" in result.output
    assert (
        "income 1,000.00 元 → 1,000.01 元: keeps 950.00 → 750.01, loses 199.99 元 (no one loses more); "
        "because of: income within the cap; made good at 1,266.67 元" in result.output
    )
    assert "never made good by more of it alone" in result.output
    assert "why: a cliff the measures, 〔2020〕1号, 第三条 (quoted)" in result.output
    assert "refuted 1; unexpected 0" in result.output


def test_the_same_in_chinese():
    for result in (
        run(SMALL, "--period", "2024", "--property", "cliffs:p_keeps", lang="zh"),
        run(SMALL, "--period", "2024", "--property", "cliffs:p_keeps", "--lang", "zh"),
    ):
        assert "不成立（已知）" in result.output
        assert "所得 1,000.00 元 → 1,000.01 元：留下 950.00 → 750.01，少 199.99 元（最多如此）" in result.output
        assert "到 1,266.67 元 才恢复" in result.output
        assert "不成立 1；与预期不符 0" in result.output


def test_what_the_book_does_not_expect_is_a_failure_with_its_counter_example():
    result = run(SMALL, "--period", "2024", "--property", "monotone:p_relief")
    assert result.exit_code == 1
    assert "refuted (unexpected)" in result.output
    assert "it falls as this rises: income" in result.output
    assert "example: income " in result.output
    assert "then: income " in result.output


def test_json_holds_everything_exactly_with_facts_that_can_be_run():
    result = run(SMALL, "--period", "2024", "--property", "cliffs:p_keeps", "--json")
    (one,) = json.loads(result.output)["outcomes"]
    assert (one["state"], one["expected"], one["unexpected"], one["complete"]) == ("refuted", "refuted", False, True)
    assert one["source"]["article"] == "第三条"
    cliff = one["cliffs"][0]
    assert (cliff["before"], cliff["after"], cliff["made_good_at"]) == ("1000.00", "1000.01", "1266.67")
    assert (cliff["kept_before"], cliff["kept_after"], cliff["lost"]) == ("950", "300003/400", "79997/400")
    (firm,) = cliff["example"]["facts"]["firm"]
    assert (firm["income"], firm["period"]) == ("1000.00", "2024")
    assert cliff["causes"][0]["code"] == "small_income"


def test_the_result_goes_to_a_file_and_the_cliffs_to_their_place_in_a_page(tmp_path):
    page, data, text = tmp_path / "page.md", tmp_path / "proofs.json", tmp_path / "proofs.txt"
    page.write_text("before\n<!-- cliffs: begin -->\nold\n<!-- cliffs: end -->\nafter\n", encoding="utf-8")
    asked = (SMALL, "--period", "2024", "--property", "cliffs:p_keeps")
    assert run(*asked, "--out", str(data), "--cliffs", str(page)).output == ""
    assert run(*asked, "--out", str(text)).output == ""
    assert json.loads(data.read_text(encoding="utf-8"))["period"] == "2024"
    assert "made good at 1,266.67 元" in text.read_text(encoding="utf-8")
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n<!-- cliffs: begin -->")
    assert written.endswith("<!-- cliffs: end -->\nafter\n")
    assert "old" not in written
    assert "| 所得 income: 1,000.00 → 1,000.01 元 | 199.99 元 | 1,266.67 元 |" in written


def test_a_page_without_the_marks_is_refused_and_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(InputError):
        run(SMALL, "--period", "2024", "--property", "cliffs:p_keeps", "--cliffs", str(page))
    assert page.read_text(encoding="utf-8") == "nothing here\n"


def test_one_instrument_only():
    result = run(SMALL, "--period", "2024", "--instrument", "research")
    assert "R&D ratio" in result.output
    assert "income within the cap" not in result.output


def test_an_unknown_instrument_and_a_language_that_there_is_not():
    with pytest.raises(BookError, match="there is no chips"):
        run(SMALL, "--period", "2024", "--instrument", "chips")
    assert run(SMALL, "--lang", "fr").exit_code == 2


def test_without_the_prover_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(proof, "_installed", lambda: False)
    result = run(SMALL)
    assert result.exit_code == 2
    assert "gaoxin[prove]" in result.stderr


def test_the_period_is_the_last_complete_one_unless_it_is_given():
    result = run(SMALL, "--property", "bands:points")
    import datetime

    assert f"properties in {datetime.date.today().year - 1}" in result.output
