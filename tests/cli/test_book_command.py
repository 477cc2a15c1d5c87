"""``gaoxin book`` checks a rulebook with exit code and places, and shows all about an entry in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaoxin.cli.book import app
from gaoxin.rulebook import shipped_books
from small_books import check, codelist, derived, parameter, small_book

RUNNER = CliRunner()
LAW = {"document": "law", "article": "第五条"}


def run(*arguments: str, lang: str = "en"):
    return RUNNER.invoke(app, list(arguments), obj={"lang": lang}, env={"COLUMNS": "200"}, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    small_book(
        tmp_path,
        parameters=[
            parameter("rate", [{"from": "2020", "to": "2024", "value": 0.75, "source": LAW, "confidence": "official"}]),
            parameter("table", [{"from": "2020", "bands": [{"to": 5, "inclusive": True, "value": 1}, {"value": 2}]}]),
        ],
        codelists=[codelist("services", prefixes=["63", "64"])],
        derived=[
            derived(
                "share", "firm", "rd / rev", scale=4, source=LAW, confidence="quoted", note={"zh": "注", "en": "n."}
            ),
            derived("total", "zone", "SUM(share)"),
        ],
        checks=[check("c", "firm", "share >= param(rate)")],
    )
    return str(tmp_path)


def test_a_sound_book_is_said_to_be_sound(folder):
    result = run("check", folder)
    assert result.exit_code == 0
    assert "nothing is wrong with small 1+" in result.output
    assert "14 items, 2 parameters, 1 code lists, 2 derived figures, 1 checks" in result.output
    assert "没有问题：指标 14" in run("check", folder, lang="zh").output
    assert "没有问题" in run("check", folder, "--lang", "zh").output


def test_findings_are_listed_with_file_and_line_and_the_exit_code_says_so(folder):
    path = Path(folder) / "rules.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("rd / rev", "rd + staff"), encoding="utf-8")
    result = run("check", folder)
    assert result.exit_code == 1
    assert "rules.yaml:2: share: units differ: 千元 and 人. These cannot be added or compared." in result.output
    assert "1 findings" in result.stderr
    assert "share：单位不一致：千元 与 人" in run("check", folder, lang="zh").output


def test_a_folder_without_a_book_is_a_finding(tmp_path):
    result = run("check", str(tmp_path))
    assert result.exit_code == 1
    assert "no shipped book is called" in result.output


def test_the_test_vectors_of_a_book_are_worked_through(folder):
    half, wrong, open_ = (
        f"  - {{id: {number}, period: 2023, status: derived, document: {{document: law}},\n"
        f"     facts: {{firm: {{{figures}}}}}, expect: {{share: 0.5}}}}\n"
        for number, figures in (("HALF", "rd: 50, rev: 100"), ("WRONG", "rd: 50, rev: 200"), ("OPEN", "rd: 50"))
    )
    path = Path(folder) / "vectors-small.yaml"
    path.write_text(f"vectors:\n{half}{wrong}{open_}", encoding="utf-8")
    result = run("check", folder)
    assert result.exit_code == 1
    assert "WRONG: share must be 0.5, is 0.25" in result.output
    assert "OPEN: share must be 0.5, is unknown; " in result.output
    assert "rev" in next(line for line in result.output.splitlines() if line.startswith("OPEN"))
    assert "1 of 3 test vectors hold" in result.output
    path.write_text(f"vectors:\n{half}", encoding="utf-8")
    result = run("check", folder)
    assert result.exit_code == 0
    assert "1 of 1 test vectors hold" in result.output
    assert "测试案例 1 个，1 个成立" in run("check", folder, lang="zh").output


def test_show_lists_entries_with_unit_and_confidence(folder):
    lines = run("show", folder).output.splitlines()
    assert lines[0].startswith("small  small book  (1+")
    assert "reporters: zone zone, firm firm, project project" in lines
    assert "[law] the measures 〔2020〕1号 quoted" in lines
    assert ["rev", "revenue", "千元", "unknown"] in [line.split() for line in lines]
    assert ["share", "share", "quoted"] in [line.split() for line in lines]
    assert "指标 (14)" in run("show", folder, lang="zh").output


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("share", [
            "share  share / 指标share", "  kind: derived figures", "  reporter: firm firm", "  unit: 1 (4, half_up)",
            "  formula: rd / rev", "  uses: rd R&D expense, rev revenue", "  used by: c c, total total",
            "  source: the measures, 〔2020〕1号, 第五条 (quoted)", "  note: n.",
        ]),
        ("rev", ["  kind: items", "  unit and type: 千元 (decimal, flow)", "  used by: share share"]),
        ("listing", ["  values: 1, 2, 12", "  used by: nothing"]),
        ("rate", ["  [2020-01-01 … 2024-12-31] 0.75  the measures, 〔2020〕1号, 第五条 (official)", "  used by: c c"]),
        ("table", ["  [2020-01-01 …]", "    (−∞, 5]: 1", "    (5, ∞): 2"]),
        ("services", ["  codes: 2: 63, 64"]),
        ("c", ["  kind: checks", "  formula: share >= param(rate)", "  uses: rate rate, share share"]),
    ],
)  # fmt: skip
def test_show_tells_all_about_an_entry(folder, item, says):
    lines = run("show", folder, "--item", item).output.splitlines()
    for line in says:
        assert line in lines
    assert any(line.startswith("  written at: ") and ".yaml:" in line for line in lines)


def test_show_speaks_chinese(folder):
    lines = run("show", folder, "--item", "share", lang="zh").output.splitlines()
    assert "  公式：rd / rev" in lines
    assert "  用到：rd 研发费用, rev 营业收入" in lines
    assert "  出处：《办法》 〔2020〕1号 第五条（引用）" in lines


def test_an_unknown_entry_is_named_with_similar_ones(folder):
    result = run("show", folder, "--item", "shar")
    assert result.exit_code == 2
    assert "small has no entry shar. Did you mean share?" in result.stderr


def test_an_unknown_language_is_refused(folder):
    assert run("show", folder, "--lang", "fr").exit_code == 2


@pytest.mark.parametrize("name", shipped_books())
def test_every_shipped_book_passes_its_check(name):
    result = run("check", name)
    assert result.exit_code == 0, result.output
    held = [line for line in result.output.splitlines() if line.endswith("test vectors hold")]
    assert all(line.split()[0] == line.split()[2] for line in held)
