from __future__ import annotations

import dataclasses
import io
import struct
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pytest
import vl_convert

from gaoxin.reports import charts, pictures
from gaoxin.reports.charts import Chart
from gaoxin.reports.outline import ranked
from gaoxin.runs.result import RunResult
from gaoxin.words import Language


def every_chart(result: RunResult, language: Language) -> list[Chart]:
    made = [
        charts.ranking(result, language), charts.stacked(result, language), charts.slopes(result, language),
        charts.profile(result, 0, language), charts.steps(result, 0, language), charts.weights(result, language),
        charts.correlation(result, language), charts.dominance(result, language), charts.sensitivity(result, language),
    ]  # fmt: skip
    return [chart for chart in made if chart is not None]


def rows(chart: Chart) -> list[dict[str, Any]]:
    """All rows of all data sets of a chart."""
    return [row for values in chart.plot["datasets"].values() for row in values]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_every_chart_follows_the_schema_of_vega_lite(run: RunResult) -> None:
    for chart in every_chart(run, "zh"):
        alt.ConcatChart.from_dict({**chart.framed(), "datasets": {}}, validate=True)  # the schema, not the rows


@pytest.mark.parametrize("name", ["run", "flat_run", "empty_run"])
def test_every_chart_compiles(name: str, request: pytest.FixtureRequest) -> None:
    for chart in every_chart(request.getfixturevalue(name), "en"):
        assert vl_convert.vegalite_to_vega(chart.framed(), vl_version=pictures.VEGA_LITE)["marks"]


def test_charts_that_have_nothing_to_show_are_left_out(run: RunResult, plain_run: RunResult) -> None:
    assert [chart.name for chart in every_chart(run, "zh")] == [
        "ranking", "contributions", "years", "profile", "steps", "weights", "correlation", "dominance", "sensitivity",
    ]  # fmt: skip
    assert [chart.name for chart in every_chart(plain_run, "zh")] == [
        "ranking", "contributions", "profile", "steps", "weights", "correlation",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chart_says_finding_measure_source_period_version_and_synthetic(
    run: RunResult, plain_run: RunResult, language: Language
) -> None:
    label = {"zh": "合成数据", "en": "Synthetic data"}[language]
    for chart in every_chart(run, language):
        said = "".join(texts(chart.framed()))
        assert "".join(chart.framed()["title"]["text"]).replace(" ", "") == chart.title.say(language).replace(" ", "")
        assert run.system_title.say(language) in said
        assert "2025" in chart.footer.say(language)
        assert "gaoxin 0.1.0" in said
        assert label in said
    for chart in every_chart(plain_run, language):
        assert label not in "".join(texts(chart.framed()))


def test_the_ranking_has_one_dot_and_one_interval_per_unit(run: RunResult) -> None:
    assert run.robustness is not None
    shown = {row["code"]: row for row in rows(charts.ranking(run))}
    for at, unit in enumerate(run.units):
        row = shown[unit.code]
        assert (row["rank"], row["score"]) == (run.ranks[at, -1], run.scores[at, -1])
        assert (row["low"], row["high"]) == (run.robustness.rank_low[at], run.robustness.rank_high[at])


def test_a_ranking_without_intervals_says_so(plain_run: RunResult) -> None:
    chart = charts.ranking(plain_run)
    assert "无名次区间" in chart.measure.zh
    assert all("low" not in row for row in rows(chart))


def test_stacked_contributions_add_up_to_the_score(run: RunResult) -> None:
    total: dict[str, float] = defaultdict(float)
    for row in rows(charts.stacked(run)):
        total[row["code"]] += row["points"]
    for at, unit in enumerate(run.units):
        assert total[unit.code] == pytest.approx(run.scores[at, -1], abs=1e-9)


def test_the_steps_of_a_unit_lead_from_zero_to_its_score(run: RunResult) -> None:
    steps = [row for row in rows(charts.steps(run, 2)) if row["unit"] == run.units[2].code]
    assert steps[0]["from"] == 0.0
    for before, after in pairwise(steps[:-1]):
        assert after["from"] == before["to"]
    assert steps[-2]["to"] == pytest.approx(run.scores[2, -1])
    assert (steps[-1]["from"], steps[-1]["to"]) == (0.0, run.scores[2, -1])


def test_the_profile_holds_every_known_value_and_no_missing_one(run: RunResult) -> None:
    shown = [row for row in rows(charts.profile(run, 3)) if "unit" in row]
    assert len(shown) == np.count_nonzero(~np.isnan(run.normalised))
    own = {row["node"]: row["value"] for row in shown if row["unit"] == run.units[3].code}
    assert own["1.2"] == pytest.approx(run.normalised[3, 1], abs=1e-4)


def test_many_peers_become_a_band(make_run: Callable[..., RunResult]) -> None:
    many = make_run(units=41, robust=False)
    assert "灰带" in charts.profile(many, 0).measure.zh


def test_a_long_ranking_is_cut_and_says_so(make_run: Callable[..., RunResult]) -> None:
    long = make_run(units=70)
    chart = charts.ranking(long)
    assert len(rows(chart)) == 60
    assert "仅列前 60 位，共 70 位" in chart.measure.zh
    paired = charts.dominance(long)
    assert paired is not None
    assert "仅列前 40 位" in paired.measure.zh


def test_slopes_have_every_known_rank_of_every_period(run: RunResult) -> None:
    chart = charts.slopes(run)
    assert chart is not None
    shown = {(row["unit"], row["period"]): row["rank"] for row in rows(chart)}
    assert len(shown) == 22 * 3
    for standing in run.previous:
        assert shown[standing.unit, standing.period] == standing.rank


def test_the_correlation_shows_each_pair_once(run: RunResult) -> None:
    chart = charts.correlation(run)
    assert chart is not None
    assert len(rows(chart)) == 46 * 45 // 2


def test_an_unconfirmed_weight_is_drawn_as_such(run: RunResult) -> None:
    status = [row["status"] for row in rows(charts.weights(run))]
    assert status.count("未确认") == 44
    assert sum(row["weight"] for row in rows(charts.weights(run))) == pytest.approx(1.0)


def test_charts_of_both_languages_share_their_rows(run: RunResult) -> None:
    zh, en = charts.profile(run, 0, "zh"), charts.profile(run, 0, "en")
    assert set(zh.plot["datasets"]) == set(en.plot["datasets"])


def test_a_unit_without_a_rank_is_not_drawn_as_ranked(flat_run: RunResult) -> None:
    assert {row["code"] for row in rows(charts.ranking(flat_run))} == {
        flat_run.units[row].code for row in ranked(flat_run)
    }


def test_pictures_are_written_whole_with_chinese_text(run: RunResult, tmp_path: Path) -> None:
    chart = charts.sensitivity(run)
    assert chart is not None
    pictures.write(chart, tmp_path / "chart.png")
    pictures.write(chart, tmp_path / "chart.svg")
    png, svg = (tmp_path / "chart.png").read_bytes(), (tmp_path / "chart.svg").read_text(encoding="utf-8")
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG")
    assert width > 1000
    assert height > 300
    assert "对名次影响最大的是权重" in svg
    assert "合成数据" in svg
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_another_picture_format_is_refused(run: RunResult, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.gif"):
        pictures.write(charts.ranking(run), tmp_path / "chart.gif")


def test_two_characters_differ_where_a_chinese_font_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures.can_draw_chinese.cache_clear()
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda _: b"the same box")
    assert not pictures.can_draw_chinese()
    pictures.can_draw_chinese.cache_clear()
    drawn = io.BytesIO(b"12")
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda _: drawn.read(1))
    assert pictures.can_draw_chinese()
    pictures.can_draw_chinese.cache_clear()


def test_names_that_cannot_be_drawn_do_not_end_the_process(hostile: RunResult) -> None:
    assert "甲乙" in pictures.svg(charts.ranking(hostile))


def test_one_unit_alone_can_be_drawn(make_run: Callable[..., RunResult]) -> None:
    alone = dataclasses.replace(make_run(units=1, adjusted=False), robustness=None)
    for chart in every_chart(alone, "zh"):
        assert vl_convert.vegalite_to_vega(chart.framed(), vl_version=pictures.VEGA_LITE)["marks"]


def test_a_picture_from_the_second_process_is_the_picture_drawn_here(run: RunResult) -> None:
    chart = charts.ranking(run)
    with pictures.begin([chart]) as drawn:
        assert drawn.get(chart.name) == pictures.png(chart)
        assert drawn.get("another") is None


def test_without_a_second_process_there_is_no_picture_but_no_error(
    run: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pictures.begin([charts.ranking(run)]) as drawn:
        assert drawn.get("ranking") is None
