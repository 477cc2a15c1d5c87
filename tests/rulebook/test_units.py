"""Units: what equals what, what converts into what, what is unknown."""

from fractions import Fraction

import pytest

from gaoxin.rulebook.units import BARE, UnitError, unit, unknown_unit


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("千元", "thousand yuan"),
        ("件/万人", "items per ten thousand persons"),
        ("吨标准煤/万元", "tonnes of coal equivalent per ten thousand yuan"),
        ("件/千万元", "items per ten million yuan"),
        ("件/百亿元", "items per ten billion yuan"),
        ("万元/人", "ten thousand yuan per person"),
        ("人年", "person-years"),
        ("万吨标准煤", "ten thousand tonnes of coal equivalent"),
        ("%", "%"),
        ("亿美元", "hundred million US dollars"),
        ("1", ""),
    ],
)
def test_units_of_the_forms_are_known_in_both_languages(text, english):
    assert unit(text).say("en") == english
    assert unit(text).say("zh") == ("" if text == "1" else text)


def test_counting_units_are_all_different():
    counting = [unit(text) for text in ("人", "件", "个", "家", "项", "篇", "户", "次")]
    assert len(set(counting)) == len(counting)
    assert all(a.factor_to(b) is None for a in counting for b in counting if a is not b)


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("千元", "万元", Fraction(1, 10)),
        ("千元", "亿元", Fraction(1, 10**5)),
        ("人月", "人年", Fraction(1, 12)),
        ("1", "%", Fraction(100)),
        ("件/人", "件/万人", Fraction(10**4)),
        ("件/千元", "件/千万元", Fraction(10**4)),
        ("千元/人", "万元/人", Fraction(1, 10)),
        ("亩", "公顷", Fraction(1, 15)),
    ],
)
def test_conversion_factors_are_exact(one, other, factor):
    assert unit(one).factor_to(unit(other)) == factor
    assert unit(other).factor_to(unit(one)) == 1 / factor


def test_a_quotient_of_units_equals_the_unit_written_as_one():
    assert unit("件") / unit("万人") == unit("件/万人")
    assert hash(unit("件") / unit("万人")) == hash(unit("件/万人"))
    assert unit("人年") / unit("年") == unit("人")
    assert unit("千元") / unit("千元") == BARE


def test_multiples_are_not_the_same_unit():
    assert unit("千元") != unit("万元")
    assert (unit("千元") / unit("元")).is_bare is False


@pytest.mark.parametrize(
    "text", ["foo", "人**2", "__import__", "千千元", "percent", "元/(人)", "元//人", "万", "a" * 500]
)
def test_what_is_no_unit_is_named(text):
    with pytest.raises(UnitError):
        unit(text)


def test_an_unknown_unit_fits_only_its_own_figure():
    assert unknown_unit("qj85") == unknown_unit("qj85")
    assert unknown_unit("qj85") != unknown_unit("qj86")
    assert unknown_unit("qj85").factor_to(unit("件")) is None
