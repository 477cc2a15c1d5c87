"""``gaoxin notice`` reads, writes and compares, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from gaoxin.cli.notice import app
from gaoxin.notices.outputs.exchange import from_json
from gaoxin.notices.outputs.measures import load_measures_file
from gaoxin.problems import InputError
from notices.reading_gold import FIXTURES

RUNNER = CliRunner()
BRACKETS = FIXTURES / "01-brackets.txt"


def said(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, list(arguments), env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_read_shows_head_clauses_units_and_findings() -> None:
    output = said("read", str(BRACKETS))
    assert "文号：望府规〔2023〕12号" in output
    assert "(一) 建设高水平创新平台" in output
    assert "责任：市科技局、市发展改革委、市教育局、市财政局、各区县政府" in output
    assert "11 条" in output
    assert "“各区县政府”是统称" in output
    assert "1. 支持高校" not in output


def test_read_lists_actions_when_asked() -> None:
    assert "1. 支持高校、科研院所和企业联合组建实验室" in said("read", str(BRACKETS), "--actions")


def test_read_speaks_english() -> None:
    output = said("read", str(BRACKETS), "--lang", "en")
    assert "number: 望府规〔2023〕12号" in output
    assert "is a group whose members are not known" in output
    assert "11 clauses" in output


def test_units_that_nobody_knows_are_marked() -> None:
    assert "望舒科创投资集团?" in said("read", str(FIXTURES / "11-nested.txt"))


def test_out_writes_workbook_json_and_measures(tmp_path: Path) -> None:
    for name in ("n.xlsx", "n.json", "n.yaml"):
        said("read", str(BRACKETS), "--out", str(tmp_path / name))
    assert "条款" in openpyxl.load_workbook(tmp_path / "n.xlsx").sheetnames
    notice = from_json((tmp_path / "n.json").read_text(encoding="utf-8"))
    assert notice.source == BRACKETS.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "n.json").read_text(encoding="utf-8"))["format"] == "gaoxin-notice-1"
    assert load_measures_file(tmp_path / "n.yaml").number == "望府规〔2023〕12号"


def test_out_with_an_unknown_suffix_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        said("read", str(BRACKETS), "--out", str(tmp_path / "n.docx"))
    assert "yaml" in caught.value.problems[0].remedy.en
    assert not list(tmp_path.iterdir())


def test_a_contradiction_gives_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    path.write_text("一、甲。推进乙。\n本办法自2024年1月1日起施行，有效期至2023年1月1日。", encoding="utf-8")
    assert "早于施行日期" in said("read", str(path), code=1)


def test_a_register_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "bodies.yaml"
    path.write_text(
        "register: wangshu\nplace: 望舒市\nlevel: 市\ntitle: {zh: 望舒市, en: Wangshu}\n"
        "districts: [松影区, 石桥县]\nbodies:\n"
        "  - {name: 望舒市科学技术委员会, short: 市科委, aliases: [市科技局], confidence: official}\n",
        encoding="utf-8",
    )
    out = tmp_path / "n.json"
    said("read", str(BRACKETS), "--bodies", str(path), "--out", str(out))
    units = {unit.name.text: unit for _, _, unit in from_json(out.read_text(encoding="utf-8")).units()}
    assert units["市科技局"].body == "望舒市科学技术委员会"
    assert units["各区县政府"].members == ("松影区人民政府", "石桥县人民政府")
    assert units["市教育局"].certainty == "unknown"


def test_compare_shows_changed_words_and_units(tmp_path: Path) -> None:
    new = tmp_path / "new.txt"
    text = BRACKETS.read_text(encoding="utf-8")
    new.write_text(
        text.replace("最高500万元", "最高800万元").replace("市教育局、市财政局、各区县政府", "市财政局"),
        encoding="utf-8",
    )
    output = said("compare", str(BRACKETS), str(new))
    assert "    - 5\n    + 8" in output
    assert "市教育局: 责任 → ∅" in output
    assert "clauses: same 9, changed 2" in said("compare", str(BRACKETS), str(new), "--lang", "en")
    assert "三(一)" not in output
    assert "三(一)" in said("compare", str(BRACKETS), str(new), "--all")


def test_an_unknown_language_is_refused() -> None:
    assert RUNNER.invoke(app, ["read", str(BRACKETS), "--lang", "fr"]).exit_code == 2
