from __future__ import annotations

import copy
from typing import Any

import pytest

from gaoxin.problems import InputError
from gaoxin.reports import charts, pictures
from gaoxin.runs.result import RunResult


def drawn(result: RunResult, geojson: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for rows in charts.located(result, geojson).chart.plot["datasets"].values() for row in rows]


def test_features_are_matched_by_code_or_by_name_and_the_rest_is_listed(
    run: RunResult, geojson: dict[str, Any]
) -> None:
    located = charts.located(run, geojson)
    assert located.unmatched == ("铜陵狮子山高新技术产业开发区",)
    assert {row["unit"] for row in drawn(run, geojson)} == {unit.code for unit in run.units[:21]}
    assert located.chart.title.zh.startswith("22 个单位中 21 个在图上")


def test_the_map_has_the_scores_of_the_result(run: RunResult, geojson: dict[str, Any]) -> None:
    scores = {row["unit"]: row["score"] for row in drawn(run, geojson)}
    assert scores == {unit.code: run.scores[row, -1] for row, unit in enumerate(run.units[:21])}


def test_shapes_are_wound_clockwise_for_the_renderer(run: RunResult, geojson: dict[str, Any]) -> None:
    turned = copy.deepcopy(geojson)
    for feature in turned["features"]:
        if feature["geometry"]["type"] == "Polygon":
            feature["geometry"]["coordinates"][0].reverse()
    rings = [row["geometry"] for row in drawn(run, geojson) if "geometry" in row]
    assert rings
    assert [row["geometry"] for row in drawn(run, turned) if "geometry" in row] == rings


def test_a_map_is_drawn(run: RunResult, geojson: dict[str, Any]) -> None:
    svg = pictures.svg(charts.located(run, geojson, "en").chart)
    assert svg.count("<path") > 20
    assert "as supplied by the user" in svg


def collection(kind: str, coordinates: object) -> dict[str, Any]:
    feature = {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}}
    return {"type": "FeatureCollection", "features": [feature]}


@pytest.mark.parametrize(
    ("geojson", "what"),
    [
        ([], "FeatureCollection"),
        ({"type": "Feature"}, "FeatureCollection"),
        ({"type": "FeatureCollection", "features": []}, "no feature is"),
        (collection("LineString", [[1, 2], [3, 4]]), "feature 1"),
        (collection("Point", [353210.5, 3456789.1]), "feature 1"),
        (collection("Polygon", [1, 2]), "feature 1"),
        (collection("Point", ["a", "b"]), "feature 1"),
    ],
)
def test_an_unusable_map_is_refused_with_place_and_remedy(run: RunResult, geojson: Any, what: str) -> None:
    with pytest.raises(InputError, match=what) as refused:
        charts.located(run, geojson)
    assert "FeatureCollection" in refused.value.problems[0].remedy.zh
