from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import vl_convert

from gaoxin.problems import Problem
from gaoxin.reports import page, tables
from gaoxin.reports.tables import Table, write_cell
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text

NO_LIBRARY = "/* the chart library is not needed to read the page */"


@pytest.fixture(scope="module")
def content(run: RunResult, geojson: dict[str, Any]) -> str:
    return page.render(run, geojson=geojson, bundle=NO_LIBRARY)


@pytest.fixture(scope="module")
def tree(content: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(content)


def visible(cell: lxml.html.HtmlElement, language: Language) -> str:
    """What a reader of ``language`` sees of an element, without units and notes."""
    copy = lxml.html.fromstring(lxml.html.tostring(cell, encoding="unicode", with_tail=False))
    tag = {"zh": "zh-CN", "en": "en"}[language]
    for element in copy.xpath(f".//*[@class='hidden'] | .//*[@class='unit'] | .//span[@lang and @lang != '{tag}']"):
        element.drop_tree()
    return copy.text_content()


def data(content: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', content, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tables_on_the_page_are_those_of_the_other_outputs(
    tree: lxml.html.HtmlElement, run: RunResult, language: Language
) -> None:
    shown: list[Table] = [
        tables.standing(run), tables.adjustments(run), tables.indicators(run), tables.robustness(run),
        tables.checks(run), tables.method(run), tables.sources(run), tables.reliability(run),
    ]  # fmt: skip
    for table in shown:
        (found,) = tree.xpath(f"//table[@id='table-{table.name}']")
        heads = [visible(cell, language) for cell in found.xpath("./thead/tr/th")]
        assert heads == [column.title.say(language) for column in table.columns]
        rows = found.xpath("./tbody/tr")
        assert len(rows) == len(table.rows)
        for row, expected in zip(rows, table.rows, strict=True):
            texts = [visible(cell, language) for cell in row.xpath("./*")]
            assert texts == [write_cell(c, column, language) for c, column in zip(expected, table.columns, strict=True)]


def test_the_derivation_of_every_unit_has_the_values_of_the_result(content: str, run: RunResult) -> None:
    units = {unit["code"]: unit for unit in data(content)["units"]}
    for row, unit in enumerate(run.units):
        shown, table = units[unit.code], tables.derivation(run, row)
        order = {str(cell).split()[0]: line for line, cell in enumerate(table.values("indicator"))}
        for at, node in enumerate(run.nodes[:46]):
            line = table.rows[order[node.code]]
            assert shown["raw"][at] == line[table.column("raw")]
            for key in ("normalised", "contribution", "rank"):
                position = table.column(key)
                assert shown[key][at] == write_cell(line[position], table.columns[position], "zh")


def test_no_address_outside_the_page_is_loaded(content: str, tree: lxml.html.HtmlElement) -> None:
    assert tree.xpath("//script[@src] | //link[not(starts-with(@href, 'data:'))] | //img | //iframe | //object") == []
    assert "@import" not in content
    assert "url(" not in content
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src" not in policy  # so default-src 'none' holds for it
    assert "unsafe-eval" not in policy


def test_the_policy_admits_exactly_the_scripts_of_the_page(content: str) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", content, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    assert len(scripts) == 2
    policy = lxml.html.document_fromstring(content).xpath("//meta[@http-equiv]/@content")[0]
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes


def test_headings_captions_and_regions_make_the_page_readable_by_ear(tree: lxml.html.HtmlElement) -> None:
    assert len(tree.xpath("//h1")) == 1
    levels = [int(element.tag[1]) for element in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(table.xpath("./caption") for table in tree.xpath("//table"))
    assert all(cell.get("scope") == "col" for cell in tree.xpath("//thead//th"))
    assert tree.xpath("//a[@class='skip']/@href") == ["#summary"]
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for region in tree.xpath("//*[@aria-labelledby]"):
        assert region.get("aria-labelledby") in ids
    for anchor in tree.xpath("//nav//a/@href"):
        assert anchor[1:] in ids
    for control in tree.xpath("//select | //input"):
        assert tree.xpath(f"//label[@for='{control.get('id')}']")


def test_every_text_is_there_in_both_languages(tree: lxml.html.HtmlElement, run: RunResult) -> None:
    names = "|".join(re.escape(text) for unit in run.units for text in (unit.name, unit.group or "") if text)
    for heading in tree.xpath("//h2 | //h3 | //thead//th | //caption | //summary | //label | //button"):
        if heading.get("data-set-language") or heading.xpath(".//option"):
            continue
        english = re.sub(names, "", visible(heading, "en").replace("＊", ""))
        assert not re.search(r"[\u4e00-\u9fff]", english), english


def test_synthetic_data_are_marked_on_top_and_at_every_chart(tree: lxml.html.HtmlElement, plain_run: RunResult) -> None:
    assert "合成数据" in tree.xpath("//header/p[@role='note']")[0].text_content()
    figures = tree.xpath("//figure")
    assert len(figures) == 10
    assert all("合成数据" in figure.xpath("./p[@class='mark']")[0].text_content() for figure in figures)
    assert "合成数据" not in page.render(plain_run, bundle=NO_LIBRARY)


def test_unconfirmed_weights_are_marked_in_the_derivation(tree: lxml.html.HtmlElement) -> None:
    marked = tree.xpath("//table[@id='table-derivation']//td[contains(@class, 'unconfirmed')]")
    assert len(marked) == 48


def test_missing_values_say_why(content: str, run: RunResult) -> None:
    marks = [unit["marks"] for unit in data(content)["units"] if unit["marks"]]
    texts = {note["text"]["zh"].split("；")[0] for mark in marks for note in mark.values()}
    assert texts == {"原始值缺失，已填补", "缺失，未填补", "异常值，计算时已处理，此处为填报值"}


def test_a_score_links_to_its_derivation(tree: lxml.html.HtmlElement, run: RunResult) -> None:
    links = tree.xpath("//table[@id='table-standing']//td/a/@href")
    assert set(links) == {f"#unit={unit.code}" for unit in run.units}


def test_the_map_lists_the_units_without_a_place(tree: lxml.html.HtmlElement, plain_run: RunResult) -> None:
    assert "铜陵狮子山高新技术产业开发区" in tree.xpath("//section[@id='ranking']/p[last()]")[0].text_content()
    assert 'data-chart="map"' not in page.render(plain_run, bundle=NO_LIBRARY)


def test_a_long_list_of_findings_is_cut_and_says_so(empty_run: RunResult) -> None:
    many = tuple(Problem("r", "info", Text(f"第 {k} 条", f"no. {k}")) for k in range(520))
    cut = page.render(dataclasses.replace(empty_run, problems=many), bundle=NO_LIBRARY)
    assert "另有 20 条未列出。" in cut
    assert "第 499 条" in cut
    assert "第 500 条" not in cut


def test_names_that_are_markup_stay_text(hostile: RunResult) -> None:
    content = page.render(hostile, bundle=NO_LIBRARY)
    tree = lxml.html.document_fromstring(content)
    assert len(tree.xpath("//script")) == 3
    assert tree.xpath("//*[@onerror or @onload or @id='hostile']") == []
    assert hostile.units[0].name in [cell.text_content() for cell in tree.xpath("//table[@id='table-standing']//th")]
    inside = re.search(r'id="data">(.*?)</script>', content, re.DOTALL)
    assert inside is not None
    assert not set("<>&\u2028\u2029") & set(inside.group(1))
    assert "{{7*7}}" in content
    names = {unit["code"] for unit in data(content)["units"]}
    assert names == {unit.code for unit in hostile.units}


def test_a_library_that_would_close_its_element_is_disarmed(empty_run: RunResult) -> None:
    content = page.render(empty_run, bundle="var a = '</script><!--';")
    assert "var a = '<\\/script><\\!--';" in content


@pytest.mark.parametrize("name", ["plain_run", "flat_run", "empty_run", "vetoed_run"])
def test_results_with_gaps_give_a_page(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    page.write(request.getfixturevalue(name), tmp_path / "report.html", "en", bundle=NO_LIBRARY)
    tree = lxml.html.document_fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert tree.xpath("/html/@lang") == ["en"]
    assert "No robustness analysis was made." in tree.xpath("//section[@id='robustness']/p")[0].text_content()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_same_result_gives_the_same_page(run: RunResult, content: str, geojson: dict[str, Any]) -> None:
    assert page.render(run, geojson=geojson, bundle=NO_LIBRARY) == content


def test_the_library_comes_from_the_installed_wheel_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.vega_bundle.cache_clear()
    library = page.vega_bundle(tmp_path)
    assert "vegaEmbed" in library
    assert len(library) > 500_000
    (kept,) = tmp_path.iterdir()

    page.vega_bundle.cache_clear()
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda: "made anew")
    assert page.vega_bundle(tmp_path) == library
    kept.write_text(kept.read_text(encoding="utf-8")[:-1], encoding="utf-8")
    page.vega_bundle.cache_clear()
    assert page.vega_bundle(tmp_path) == "made anew"

    page.vega_bundle.cache_clear()
    (tmp_path / "file").write_text("")
    assert page.vega_bundle(tmp_path / "file" / "no folder") == "made anew"
    page.vega_bundle.cache_clear()
