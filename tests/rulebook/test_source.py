"""Reading YAML: everything stays the text that stands there, and nothing in a file can run, explode or hide."""

from pathlib import Path

import pytest

from gaoxin.rulebook.findings import BookError
from gaoxin.rulebook.source import MAX_BYTES, MAX_DEPTH, parse_source, read_source


def finding(text: str):
    with pytest.raises(BookError) as error:
        parse_source(text, "rules.yaml")
    (found,) = error.value.findings
    assert found.file == "rules.yaml"
    return found


def test_numbers_dates_and_codes_keep_their_text():
    data = parse_source("{no: 1.10, code: 0012, day: 2018-01-01, sum: 1e5, hex: 0x1F, octal: 017}", "f").data
    assert data == {"no": "1.10", "code": "0012", "day": "2018-01-01", "sum": "1e5", "hex": "0x1F", "octal": "017"}


def test_only_true_false_and_null_are_more_than_text():
    data = parse_source("[true, False, null, ~, yes, no, on, 'true', \"null\", '']", "f").data
    assert data == [True, False, None, None, "yes", "no", "on", "true", "null", ""]


def test_every_part_knows_its_line():
    source = parse_source("a: 1\nb:\n  - c: x\n    d: |\n      long\n      text\n  - [1,\n     2]\n", "f")
    assert source.line("b", 0, "d") == 4
    assert source.line("b", 1, 1) == 8
    assert source.line("b", 0, "nothing") == 3
    assert source.line("nothing") == 1


def test_an_alias_bomb_is_refused_before_it_grows():
    bomb = 'a: &a ["lol"]\n' + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    )
    found = finding(bomb)
    assert found.line == 1
    assert "aliases" in found.message.en


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!!binary aGk=", "!mine x", "!!str 1"])
def test_tags_are_refused(tag):
    found = finding(f"a: 1\nb: {tag}\n")
    assert found.line == 2
    assert "tags" in found.message.en


def test_a_key_twice_is_an_error_with_its_second_line():
    found = finding("a: 1\nb: 2\na: 3\n")
    assert found.line == 3
    assert "a stands here twice" in found.message.en


def test_deep_nesting_is_an_error_and_no_crash():
    assert f"more than {MAX_DEPTH} levels" in finding("[" * 100_000).message.en


def test_two_documents_in_one_file_are_an_error():
    assert finding("a: 1\n---\nb: 2\n").line == 2


@pytest.mark.parametrize("text", ["a: b: c", "a: [1", "a: 'x", "a:\n\t- b", "? [x]\n: 1"])
def test_what_is_no_yaml_is_an_error(text):
    assert finding(text).message.zh


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path):
    path = tmp_path / "gbk.yaml"
    path.write_bytes(b"a: 1\nb: " + "高新".encode("gbk"))
    with pytest.raises(BookError) as error:
        read_source(path)
    (found,) = error.value.findings
    assert (found.file, found.line) == (str(path), 2)
    assert "UTF-8" in found.message.en
    assert "UTF-8" in found.remedy.zh


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path):
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_source(tmp_path / "bom.yaml").data == {"a": "1"}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path):
    with (tmp_path / "big.yaml").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(BookError, match="more than"):
        read_source(tmp_path / "big.yaml")


def test_a_missing_file_is_a_finding(tmp_path: Path):
    with pytest.raises(BookError, match="cannot be read"):
        read_source(tmp_path / "none.yaml")


def test_control_characters_are_an_error():
    assert "not valid YAML" in finding("a: \x00").message.en
