"""``gaoxin incentives firm``: text, JSON and Word of the examples, and refusals with file and line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from gaoxin.cli.incentives import app
from gaoxin.problems import InputError
from gaoxin.rulebook import load_book

RUNNER = CliRunner()
BOOKS = cache(load_book)
EXAMPLES = Path(__file__).parents[2] / "examples" / "incentives"


@pytest.fixture(autouse=True)
def _books_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads its book each time it runs; the tests need not."""
    monkeypatch.setattr("gaoxin.rulebook.load_book", BOOKS)


def run(*arguments: str, lang: str = "en") -> Result:
    call = ["firm", *arguments, "--as-of", "2025-03-01", "--lang", lang]
    return RUNNER.invoke(app, call, env={"COLUMNS": "220"}, catch_exceptions=False)


def test_the_near_miss_says_what_is_lacking_and_what_is_the_lowest_tax() -> None:
    output = run(str(EXAMPLES / "near-miss.yaml"), "--year", "2024").output
    assert "R&D of the three years / sales of the three years 3.7%, needs ≥ 4%: 1,200,000 yuan more of R&D" in output
    assert "income-tax relief of small low-profit enterprises" in output
    assert "135,500" in output
    assert "440,000 yuan more can be claimed" in output
    assert "2025-05-31  annual filing" in output
    for said in ("synthetic figures", "Rulebook incentives-cn 2026.1+", "as of 2025-03-01", "not tax advice"):
        assert said in output


def test_the_detail_shows_every_condition_with_value_threshold_distance_and_clause() -> None:
    output = run(str(EXAMPLES / "near-miss.yaml"), "--year", "2024", "--detail", "--only", "hnte").output
    assert "✗ R&D of the three years / sales of the three years: 3.7%, must be ≥ 4%" in output
    assert "1,200,000 yuan more needed" in output
    assert "国科发火〔2016〕32号, 第十一条（五） (quoted)" in output
    assert "keep: the certificate" in output


def test_a_regime_of_which_figures_decide_is_open_and_not_refused(tmp_path: Path) -> None:
    file = tmp_path / "firm.yaml"
    file.write_text("money: 万元\nfirm: {hnte: false, taxable_income: 315}\n", encoding="utf-8")
    for detail in ((), ("--detail",)):
        output = " ".join(run(str(file), "--year", "2024", "--only", "hnte", *detail).output.split())
        kind = "kind of software or integrated-circuit enterprise (si_kind)"
        assert f"? holiday of IC production enterprises: unknown; depends on: {kind}" in output
        assert "✗ holiday of IC production" not in output


def test_what_depends_on_many_figures_names_a_few_and_says_how_many() -> None:
    file = str(EXAMPLES / "near-miss.yaml")
    arguments = (file, "--year", "2024", "--only", "loss-carry-forward")
    few = "loss of 2 years before, still open at the start of the year (loss_2); loss of 3 years before"
    english, chinese = (" ".join(run(*arguments, lang=lang).output.split()) for lang in ("en", "zh"))
    assert few in english
    assert "(loss_3); and 2 more)" in english
    assert "、前三年度亏损的年初未弥补额（loss_3）等 5 项" in chinese


def test_codes_are_whole_in_a_narrow_terminal() -> None:
    call = ["firm", str(EXAMPLES / "near-miss.yaml"), "--year", "2024", "--lang", "zh"]
    output = RUNNER.invoke(app, call, env={"COLUMNS": "80"}, catch_exceptions=False).output
    assert max(cell_len(line.rstrip()) for line in output.splitlines()) <= 80
    for code in ("sw_test_report", "education_expense", "ts_no_bar", "1,200,000 元"):
        assert code in output


def test_chinese_is_complete() -> None:
    output = run(str(EXAMPLES / "near-miss.yaml"), "--year", "2024", lang="zh").output
    assert "3.7%，应 ≥ 4%：近三年研究开发费用总额增加 1,200,000 元，仅此即可享受" in output
    assert "不是税务意见" in output


def test_the_software_firm_takes_its_holiday_and_never_half_of_fifteen_per_cent() -> None:
    data = json.loads(run(str(EXAMPLES / "software.yaml"), "--year", "2025", "--json").output)
    best = data["combination"]["best"]
    # 10 million at 12.5 %, and 1 million left of the halved transfer income at 25 %.
    assert (best["regime"], best["tax"]) == ("software_holiday", "1500000.00")
    pairs = [set(one["benefits"]) for one in data["combination"]["refused"] if one["why"] == "excluded"]
    assert {"software_holiday", "hnte_reduced_rate"} in pairs
    assert data["synthetic"] is True


def test_years_are_planned_with_their_losses() -> None:
    arguments = (str(EXAMPLES / "years.yaml"), "--year", "2024", "--since", "2022")
    data = json.loads(run(*arguments, "--json").output)
    years = data["plan"]["best"]["years"]
    assert [year["losses_used"] for year in years] == [
        [{"year": 2018, "amount": "1800000.00"}],
        [],
        [{"year": 2018, "amount": "2200000.00"}, {"year": 2023, "amount": "600000.00"}],
    ]
    assert (data["plan"]["best"]["total"], years[2]["filing"]["taxable_income"]) == ("150000.00", "3000000.00")
    assert "lowest income tax 2022 to 2024: 150,000 yuan" in run(*arguments).output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_word_and_json_are_written(tmp_path: Path, lang: str) -> None:
    out = tmp_path / "report.docx"
    result = run(str(EXAMPLES / "years.yaml"), "--year", "2024", "--since", "2022", "--out", str(out), lang=lang)
    assert result.exit_code == 0
    document = Document(str(out))
    words = "\n".join(
        [paragraph.text for paragraph in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    header = document.sections[0].header.paragraphs[0].text
    for zh, en in (
        ("合成数据", "synthetic"), ("不是税务意见", "not tax advice"), ("截至 2025-03-01", "as of 2025-03-01"),
        ("小型微利企业所得税减免", "income-tax relief of small low-profit"), ("≤ 3,000,000 元", "≤ 3,000,000 yuan"),
        ("公告2023年第12号", "公告2023年第12号"), ("2018: 1,800,000", "2018: 1,800,000"),
    ):  # fmt: skip
        assert (zh if lang == "zh" else en) in words
    assert ("合成数据" if lang == "zh" else "synthetic") in header
    again = tmp_path / "again.docx"
    run(str(EXAMPLES / "years.yaml"), "--year", "2024", "--since", "2022", "--out", str(again), lang=lang)
    assert again.read_bytes() == out.read_bytes()
    run(str(EXAMPLES / "years.yaml"), "--year", "2024", "--out", str(tmp_path / "report.json"), lang=lang)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["period"] == "2024"


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("firm:\n  taxabel_income: 1\n", ["--year", "2024"], r"firm.yaml:2.*\n?.*Did you mean taxable_income"),
        ("firm:\n  staff_total: -3\n", ["--year", "2024"], r"firm.yaml:2.*cannot be negative"),
        ("firm: {hnte: true}\n", ["--year", "1999"], "knows no rule at all for 1999"),
        ("firm: {hnte: true}\n", ["--year", "2024", "--only", "hnt"], "Did you mean hnte"),
        ("firm: {hnte: true}\n", ["--year", "2024", "--out", "x.pdf"], r"files cannot be written Use \.docx or \.json"),
        ("firm: {hnte: true}\n", ["--year", "2024", "--book", "national-2021"], "national-2021"),
    ],
)
def test_bad_input_is_refused_with_place_and_remedy_and_nothing_is_written(
    tmp_path: Path, text: str, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("firm.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        run("firm.yaml", *arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["firm.yaml"]


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--as-of", "today"], ["--since", "2030"]])
def test_wrong_options_are_refused(arguments: list[str]) -> None:
    call = ["firm", str(EXAMPLES / "near-miss.yaml"), "--year", "2024", *arguments]
    assert RUNNER.invoke(app, call).exit_code == 2


def test_without_the_income_the_tax_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "firm.yaml"
    path.write_text("firm: {hnte: true}\n", encoding="utf-8")
    output = run(str(path), "--year", "2024").output
    assert "income tax: cannot be computed" in output
    assert "taxable_income" in output
