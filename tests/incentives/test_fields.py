"""What has to be given is documented field by field, and the blank file can be read back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaoxin.cli.incentives import app
from gaoxin.incentives.fields import Field, fields, kind_words, template
from gaoxin.incentives.fields_page import page
from gaoxin.incentives.mapping import INPUTS
from gaoxin.incentives.timeline import instruments
from gaoxin.problems import InputError
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.source import parse_source

RUNNER = CliRunner()
PAGE = Path(__file__).parents[2] / "docs" / "guide" / "incentive-fields.md"


@cache
def book() -> Book:
    return load_book("incentives-cn")


@cache
def by_code() -> dict[str, Field]:
    return {field.item.code: field for field in fields(book())}


def test_the_page_is_what_the_book_says():
    # If this fails: gaoxin incentives fields --out docs/guide/incentive-fields.md --force
    assert PAGE.read_text(encoding="utf-8") == page(book(), load_book(INPUTS))


def test_every_item_is_a_field_with_an_origin_and_a_use():
    assert list(by_code()) == list(book().items)
    for code, field in by_code().items():
        assert field.origin.zh, code
        assert field.origin.en, code
    without = [code for code, field in by_code().items() if not field.instruments]
    assert without == ["main_revenue", "industry"]  # for grouping and checking


def test_a_field_of_a_form_names_the_form_and_others_the_clause():
    assert by_code()["rd_personnel"].origin.zh == "A107012"
    assert by_code()["hn_core_ip"].origin.zh == "国科发火〔2016〕32号 第十一条（二）"
    assert by_code()["tt_separate_accounts"].origin.en == (
        "Implementing Regulation of the Enterprise Income Tax Law 第一百零二条"
    )


def test_type_unit_values_and_sign_are_said():
    words = {code: kind_words(by_code()[code].item, "en") for code in ("taxable_income", "cv_way", "rs_age", "hnte")}
    assert words["taxable_income"] == "number, 元, may be negative"
    assert words["cv_way"] == "code, transfer, licence, investment, own_use, joint_use"
    assert (words["rs_age"], words["hnte"]) == ("whole number", "yes or no")
    assert kind_words(by_code()["taxable_income"].item, "zh") == "数，元，可为负"


def test_who_needs_a_field():
    assert "hnte" in by_code()["taxable_income"].instruments
    assert "small-low-profit" in by_code()["taxable_income"].instruments
    assert by_code()["rd_personnel"].instruments == ("rd-super-deduction",)
    assert by_code()["rd_h1_booked"].instruments == ("rd-super-deduction",)
    assert by_code()["cr_claimed"].instruments == ("conversion-of-results",)


def test_the_fields_of_one_instrument_are_enough_to_decide_it():
    chosen = {field.item.code for field in fields(book(), "technology-sme")}
    assert {"technical_staff", "sales_revenue", "ts_assets", "ts_rd_expenses"} <= chosen
    assert not any(code.startswith(("rd_", "sw_", "cv_")) for code in chosen)


def test_an_unknown_instrument_is_refused():
    with pytest.raises(InputError, match="hnta"):
        fields(book(), "hnta")


@pytest.mark.parametrize("instrument", [None, *instruments(load_book("incentives-cn"))])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_blank_file_can_be_read_back_and_knows_nothing(instrument, language):
    text = template(book(), instrument, language)
    given = parse_source(text, "FIRM.yaml").data or {}
    rows = read_facts(book(), {"firm": given.get("firm") or {}}, "2024")
    assert set(given) <= {"firm"}
    (row,) = rows.returns["firm"].values()
    assert row.figures == {}
    # With the # removed the blocks of contracts, persons … can be read as well.
    opened = "\n".join(
        line.removeprefix("# ") if line.startswith(("#  ", "# ")) and _is_block(line) else line
        for line in text.splitlines()
    )
    blocks = parse_source(opened, "FIRM.yaml").data
    expected = {field.item.entity for field in fields(book(), instrument)}
    assert set(blocks) == expected
    read_facts(book(), {"firm": {}, **{entity: blocks[entity] for entity in expected - {"firm"}}}, "2024")
    assert {
        code for rows in blocks.values() for row in (rows if isinstance(rows, list) else [rows]) for code in row
    } == {field.item.code for field in fields(book(), instrument)}


def _is_block(line: str) -> bool:
    return line.startswith(("#   ", *(f"# {entity}:  #" for entity in book().entities)))


def invoke(*arguments: str):
    return RUNNER.invoke(app, ["fields", *arguments], catch_exceptions=False)


def test_the_command_lists_the_fields():
    result = invoke("--lang", "en")
    assert len(result.output.splitlines()) == len(book().items)
    assert "R&D" in result.output
    line = next(one for one in invoke("hnte", "--lang", "zh").output.splitlines() if "hn_core_ip" in one)
    assert "是否; 国科发火〔2016〕32号 第十一条（二）" in line


def test_the_command_writes_page_and_template_and_overwrites_nothing(tmp_path: Path):
    path = tmp_path / "fields.md"
    assert invoke("--out", str(path)).exit_code == 0
    assert path.read_text(encoding="utf-8") == page(book(), load_book(INPUTS))
    with pytest.raises(InputError):
        invoke("--out", str(path))
    assert invoke("--out", str(path), "--force").exit_code == 0
    firm = tmp_path / "FIRM.yaml"
    assert invoke("hnte", "--template", "--out", str(firm), "--lang", "en").exit_code == 0
    assert firm.read_text(encoding="utf-8") == template(book(), "hnte", "en")
    assert invoke("hnte", "--template", "--lang", "en").output == template(book(), "hnte", "en")


def test_wrong_files_are_refused(tmp_path: Path):
    for arguments in (["--out", "fields.xlsx"], ["--template", "--out", "firm.md"]):
        with pytest.raises(InputError):
            invoke(*arguments[:-1], str(tmp_path / arguments[-1]))
    assert invoke("hnte", "--out", str(tmp_path / "hnte.md")).exit_code == 2
    assert list(tmp_path.iterdir()) == []
