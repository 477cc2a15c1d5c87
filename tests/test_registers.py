"""Registers of zones: as found, with their errors said and not mended."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from gaoxin.industries import in_doubt, industry_fault, industry_name
from gaoxin.registers import load_register, register_names
from gaoxin.samples.industries import INDUSTRIES


def test_every_register_is_described() -> None:
    zones = ("zones-2018-catalogue", "zones-national-2018", "zones-shanghai-2018")
    assert register_names() == (*zones, "industries-gbt4754-2017")
    for name in register_names():
        register = load_register(name)
        assert list(register.columns) == list(register.rows[0])
        assert register.origin.zh
        assert register.origin.en
        assert register.cautions
        keys = [row[register.key] for row in register.rows]
        assert len(set(keys)) == len(keys)


def test_catalogue_of_2018_is_complete() -> None:
    rows = load_register("zones-2018-catalogue").rows
    assert sorted(int(row["catalogue_code"][-3:]) for row in rows) == list(range(1, 157))
    assert sum(Decimal(row["approved_area_ha"]) for row in rows) == Decimal("176651.52")
    assert {row["approved_yyyy_mm"] for row in rows} >= {"1988.05", "2015.10"}, "October is not 2015.1"


def test_catalogue_zones_are_among_those_of_the_standard() -> None:
    catalogue = {row["zone_name"] for row in load_register("zones-2018-catalogue").rows}
    standard = {row["name"] for row in load_register("zones-national-2018").rows}
    assert (len(standard), len(standard - catalogue), catalogue - standard) == (168, 12, set())


def test_codes_are_province_category_and_serial() -> None:
    for name in ("zones-national-2018", "zones-shanghai-2018"):
        for row in load_register(name).rows:
            assert row["code8"] == row["province_code"] + row["category_code"] + row["serial"]


def test_known_errors_are_kept_and_said() -> None:
    register = load_register("zones-shanghai-2018")
    twice = [name for name, count in Counter(row["name"] for row in register.rows).items() if count > 1]
    assert twice == ["上海朱泾工业园区"]
    codes = [row["code8"] for row in register.rows if row["name"] == twice[0]]
    said = " ".join(caution.zh for caution in register.cautions)
    assert all(code in said for code in codes)
    assert "31202004" in said


def test_unknown_register_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="zones-2018-catalogue"):
        load_register("zones-2030")


def test_industries_have_the_levels_of_the_standard() -> None:
    rows = load_register("industries-gbt4754-2017").rows
    levels = Counter(row["level"] for row in rows)
    assert levels == {"section": 20, "division": 97, "group": 473, "class": 1381}, "see its cautions"
    codes = {row["code"] for row in rows}
    assert all(row["code"][:-1] in codes for row in rows if row["level"] in {"group", "class"})
    assert sum(bool(row["doubt"]) for row in rows) == 16


def test_a_code_outside_every_group_is_refused_and_a_class_that_the_list_lacks_is_in_doubt() -> None:
    assert industry_fault("6513") is None
    assert in_doubt("6513") is None
    assert industry_fault("9800") is not None
    assert industry_fault("651") is not None
    assert industry_fault("6515") is None
    assert in_doubt("6515") is not None
    assert industry_name("6515") == industry_name("651") == "软件开发"


def test_the_industries_of_the_sample_city_are_in_the_list() -> None:
    assert not [code for industry in INDUSTRIES for code in industry.codes if in_doubt(code)]
