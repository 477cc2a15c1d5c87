"""Loading a book: what it holds, what it extends, and everything that is wrong with it at once."""

import json
from pathlib import Path

import pytest

from gaoxin.rulebook import BookError, load_book, shipped_books
from small_books import HEAD, ITEMS, check, codelist, derived, parameter, small_book


def findings(folder: Path, **parts):
    with pytest.raises(BookError) as error:
        small_book(folder, **parts)
    return error.value.findings


def only(folder: Path, **parts):
    (found,) = findings(folder, **parts)
    return found


def test_a_book_holds_its_entries_by_code(tmp_path: Path):
    book = small_book(
        tmp_path,
        derived=[derived("intensity", "firm", "rd / rev", scale=4)],
        checks=[check("rd_in_rev", "firm", "rd <= rev", severity="warning")],
        parameters=[parameter("rate", [{"from": "2020", "to": "2022-06-30", "value": 0.75}])],
        codelists=[codelist("services", prefixes=["63", "64"])],
    )
    assert (book.name, book.edition, book.frequency) == ("small", "1", "year")
    assert book.items["rev"].decimals == 2
    assert str(book.parameters["rate"].values[0].value) == "0.75"
    assert str(book.parameters["rate"].values[0].from_) == "2020-01-01"
    assert str(book.parameters["rate"].values[0].to) == "2022-06-30"
    assert book.lists["services"] == ("63", "64")
    assert book.entry("intensity").name.zh == "指标intensity"
    assert book.dependents("rd") == ("intensity", "rd_in_rev")
    assert book.documents["law"].title.en == "the measures"
    assert book.finding("intensity", book.title).line == 2


def test_every_finding_of_a_book_comes_at_once_with_file_line_and_entry(tmp_path: Path):
    found = findings(
        tmp_path,
        derived=[
            derived("a", "firm", "rev + staff"),
            derived("b", "planet", "rev"),
            derived("c", "firm", "nothing"),
            derived("d", "firm", "rev", colour="red"),
            derived("e", "firm", "rev", unit="parsec"),
            derived("f", "firm", "rev", source={"document": "missing"}),
            derived("g", "firm", "c + d"),
        ],
    )
    assert {(finding.entry, finding.line) for finding in found} == {
        ("a", 2), ("b", 3), ("c", 4), ("d", 5), ("e", 6), ("f", 7)
    }  # fmt: skip
    assert all(finding.file and finding.file.endswith("rules.yaml") for finding in found)
    assert all(finding.message.zh and finding.message.en for finding in found)


def test_an_entry_that_rests_on_a_wrong_one_is_not_reported_too(tmp_path: Path):
    assert only(tmp_path, derived=[derived("a", "firm", "rev +"), derived("b", "firm", "a * 2")]).entry == "a"


GOOD = {"code": "x", "name": {"zh": "收入", "en": "revenue"}, "entity": "firm", "expr": "rev"}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", None, "write it as {zh: Chinese, en: English}"),
        ("name", "收入", "write it as {zh: Chinese, en: English}"),
        ("name", {"zh": "收入", "en": ""}, "both languages"),
        ("code", "1x", "is not a code"),
        ("scale", 40, "scale"),
        ("scale", "two", "whole number"),
        ("rounding", "near", "not one of: half_up, half_even, down, up"),
        ("min_coverage", 1.5, "min_coverage"),
        ("confidence", "sure", "not one of: official, quoted, secondary, inferred, unknown"),
        ("expr", True, "must be text"),
        ("colour", "red", "unknown key colour; known: code, "),
    ],
)
def test_a_field_that_does_not_fit_is_named(tmp_path: Path, field, value, says):
    found = only(tmp_path, derived=[f"  - {json.dumps({**GOOD, field: value}, ensure_ascii=False)}\n"])
    assert says in found.message.en
    assert found.line == 2


def test_a_field_that_is_missing_is_named(tmp_path: Path):
    left = {key: value for key, value in GOOD.items() if key != "entity"}
    assert "entity is missing" in only(tmp_path, derived=[f"  - {json.dumps(left, ensure_ascii=False)}\n"]).message.en


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("{code: x, entity: firm, name: {zh: 甲, en: x}, type: decimal}", "a number needs a unit"),
        ("{code: x, entity: firm, name: {zh: 甲, en: x}, type: text, unit: 元}", "neither unit nor scale"),
        ("{code: x, entity: firm, name: {zh: 甲, en: x}, type: integer, unit: 人, scale: 2}", "no decimals"),
        ("{code: x, entity: firm, name: {zh: 甲, en: x}, type: text, values: [a]}", "only the type code"),
        ("{code: x, entity: firm, name: {zh: 甲, en: x}, type: float, unit: 元}", "not one of"),
    ],
)
def test_an_item_that_contradicts_itself_is_named(tmp_path: Path, item, says):
    assert says in only(tmp_path, items=f"{ITEMS}  - {item}\n").message.en


def test_a_code_twice_names_both_places(tmp_path: Path):
    found = only(tmp_path, derived=[derived("a", "firm", "rev"), derived("a", "zone", "land")])
    assert found.line == 3
    assert "rules.yaml:2" in found.message.en


@pytest.mark.parametrize("code", ["REV", "firm", "Zone", "period"])
def test_codes_that_a_table_could_not_tell_apart_are_refused(tmp_path: Path, code):
    assert "case does not count" in only(tmp_path, derived=[derived(code, "firm", "staff")]).message.en


@pytest.mark.parametrize("code", ["case", "null", "true", "and", "between"])
def test_words_of_the_language_are_no_codes(tmp_path: Path, code):
    assert "word of the expression language" in only(tmp_path, derived=[derived(code, "firm", "staff")]).message.en


def test_overlapping_dates_are_an_error(tmp_path: Path):
    rate = parameter("rate", [{"from": "2018", "value": 1}, {"from": "2020", "to": "2021", "value": 2}])
    assert "dates overlap" in only(tmp_path, parameters=[rate]).message.en


def test_dates_that_meet_do_not_overlap(tmp_path: Path):
    rate = parameter("rate", [{"from": "2020", "value": 2}, {"from": "2018", "to": "2019-12-31", "value": 1}])
    assert len(small_book(tmp_path, parameters=[rate]).parameters["rate"].values) == 2


@pytest.mark.parametrize(
    ("bands", "says"),
    [
        ([{"to": 5, "inclusive": True, "value": 1}], "gap above"),
        ([{"value": 1}, {"value": 2}], "gap above"),
        ([{"to": 5, "inclusive": True, "value": 1}, {"to": 4, "inclusive": True, "value": 1}, {"value": 2}], "overlap"),
        (
            [{"to": 5, "inclusive": True, "value": 1}, {"to": 5, "inclusive": False, "value": 1}, {"value": 2}],
            "overlap",
        ),
        ([{"to": 5, "value": 1}, {"value": 2}], "inclusive"),
    ],
)
def test_bands_leave_no_gap_and_no_overlap(tmp_path: Path, bands, says):
    table = parameter("table", [{"from": "2020", "bands": bands}], band_unit="千元")
    assert any(says in found.message.en for found in findings(tmp_path, parameters=[table]))


def test_a_band_may_hold_a_single_value(tmp_path: Path):
    bands = [{"to": 0, "inclusive": False, "value": 1}, {"to": 0, "inclusive": True, "value": 2}, {"value": 3}]
    table = parameter("table", [{"from": "2020", "bands": bands}])
    assert small_book(tmp_path, parameters=[table]).parameters["table"].banded


@pytest.mark.parametrize("value", ["1e5", "0.1234567890123", "1,5", "NaN", "１"])
def test_a_parameter_is_a_plain_decimal_number(tmp_path: Path, value):
    rate = parameter("rate", [{"from": "2020", "value": value}])
    assert "decimal number" in only(tmp_path, parameters=[rate]).message.en


@pytest.mark.parametrize("day", ["2020-13-01", "2020/01/01", "20", "soon"])
def test_a_date_is_a_date(tmp_path: Path, day):
    assert "not a date" in only(tmp_path, parameters=[parameter("rate", [{"from": day, "value": 1}])]).message.en


def test_a_list_comes_from_a_csv_of_the_book(tmp_path: Path):
    (tmp_path / "codes.csv").write_text("name,code\n甲,0111\n乙,0112\n乙,0112\n", encoding="utf-8-sig")
    book = small_book(tmp_path, codelists=[codelist("farming", codes={"file": "codes.csv", "column": "code"})])
    assert book.lists["farming"] == ("0111", "0112")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"file": "../codes.csv"}, "outside the folder"),
        ({"file": "/etc/passwd"}, "outside the folder"),
        ({"file": "none.csv"}, "cannot be read"),
        ({"file": "codes.csv", "column": "nothing"}, "no column nothing"),
        ({"file": "gbk.csv"}, "encoded in UTF-8"),
    ],
)
def test_a_csv_that_cannot_be_used_is_named(tmp_path: Path, given, says):
    (tmp_path / "codes.csv").write_text("first\n01\n", encoding="utf-8")
    (tmp_path / "gbk.csv").write_bytes("代码\n高新\n".encode("gbk"))
    found = only(tmp_path, codelists=[codelist("x", codes=given)])
    assert says in found.message.en
    assert found.entry == "x"


def test_a_link_does_not_lead_out_of_the_book(tmp_path: Path):
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "codes.csv").symlink_to(tmp_path / "secret.csv")
    assert "outside the folder" in only(folder, codelists=[codelist("x", codes={"file": "codes.csv"})]).message.en


def test_a_folder_without_book_yaml_says_what_ships(tmp_path: Path):
    with pytest.raises(BookError, match=r"there is no .*book\.yaml") as error:
        load_book(str(tmp_path))
    assert next(iter(shipped_books())) in error.value.findings[0].remedy.zh


def test_an_unknown_key_of_a_file_is_named(tmp_path: Path):
    small_book(tmp_path)
    (tmp_path / "more.yaml").write_text("derivd:\n  - {}\n", encoding="utf-8")
    with pytest.raises(BookError, match=r"more.yaml:1: unknown key derivd; known: items"):
        load_book(str(tmp_path))


def write_city(folder: Path, extends: str, more: str = "") -> None:
    folder.mkdir()
    head = f'book: city\nversion: "1"\ntitle: {{zh: 市, en: city}}\nfrequency: year\nextends: [{extends}]\n'
    (folder / "book.yaml").write_text(head + more, encoding="utf-8")


def test_a_book_takes_over_what_it_extends(tmp_path: Path):
    small_book(tmp_path / "base", derived=[derived("intensity", "firm", "rd / rev")])
    write_city(tmp_path / "city", "../base", "derived:\n" + derived("high", "firm", "intensity >= 0.03"))
    city = load_book(str(tmp_path / "city"))
    assert city.name == "city"
    assert city.extends == ("../base",)
    assert set(city.derived) == {"intensity", "high"}
    assert city.documents["law"].number == "〔2020〕1号"


def test_a_code_of_the_extended_book_cannot_be_redefined(tmp_path: Path):
    small_book(tmp_path / "base")
    write_city(tmp_path / "city", "../base", "derived:\n" + derived("rev", "firm", "rd"))
    with pytest.raises(BookError, match="already used at"):
        load_book(str(tmp_path / "city"))


def test_a_book_that_is_extended_twice_is_read_once(tmp_path: Path):
    small_book(tmp_path / "base")
    write_city(tmp_path / "middle", "../base")
    write_city(tmp_path / "city", "../middle, ../base")
    assert "rev" in load_book(str(tmp_path / "city")).items


def test_books_that_extend_each_other_are_an_error(tmp_path: Path):
    write_city(tmp_path / "a", "../b")
    write_city(tmp_path / "b", "../a")
    with pytest.raises(BookError, match="a cycle"):
        load_book(str(tmp_path / "a"))


def test_frequencies_must_agree(tmp_path: Path):
    small_book(tmp_path / "base", head=HEAD.replace("frequency: year", "frequency: month"))
    write_city(tmp_path / "city", "../base")
    with pytest.raises(BookError, match="reports by month, this book by year"):
        load_book(str(tmp_path / "city"))


def test_an_extended_book_that_is_not_there_is_named_in_the_file_that_asks_for_it(tmp_path: Path):
    write_city(tmp_path / "city", "../none")
    with pytest.raises(BookError) as error:
        load_book(str(tmp_path / "city"))
    assert (error.value.findings[0].file or "").endswith("city/book.yaml")
    assert error.value.findings[0].line == 5


def test_the_version_follows_the_content_and_not_its_order_or_comments(tmp_path: Path):
    entries = [derived("a", "firm", "rev"), derived("b", "firm", "rd")]
    one = small_book(tmp_path / "one", derived=entries)
    same = small_book(tmp_path / "same", derived=["  # a comment\n", *reversed(entries)])
    other = small_book(tmp_path / "other", derived=[entries[0], derived("b", "firm", "rd + 0")])
    assert one.version == same.version
    assert one.version.startswith("1+")
    assert one.version != other.version


def test_further_entries_are_checked_like_those_of_the_files(tmp_path: Path):
    from gaoxin.rulebook.entries import Derived
    from gaoxin.words import Text

    book = small_book(tmp_path)
    more = book.with_derived([Derived(code="z", entity="zone", name=Text("甲", "z"), expr="SUM(rev)")])
    assert "z" in more.derived
    assert "z" not in book.derived
    assert more.version != book.version
    with pytest.raises(BookError, match="units differ"):
        book.with_derived([Derived(code="z", entity="firm", name=Text("甲", "z"), expr="rev + staff")])
    with pytest.raises(BookError, match="already used"):
        book.with_derived([Derived(code="rev", entity="firm", name=Text("甲", "z"), expr="rd")])


def test_an_entity_needs_a_parent_that_exists(tmp_path: Path):
    head = HEAD.replace("parent: zone, count", "parent: galaxy, count")
    assert any("galaxy" in found.message.en for found in findings(tmp_path, head=head))


@pytest.mark.parametrize("name", shipped_books())
def test_every_shipped_book_loads_under_its_own_name(name):
    book = load_book(name)
    assert book.name == name
    assert len(book.content_hash) == 64
