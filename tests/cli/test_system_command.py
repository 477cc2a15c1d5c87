"""``gaoxin system`` lists, shows and starts systems, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaoxin.cli.system import app
from gaoxin.problems import InputError
from gaoxin.rulebook.system import load_system

RUNNER = CliRunner()


def said(*arguments: str, lang: str = "en") -> str:
    result = RUNNER.invoke(app, list(arguments), obj={"lang": lang}, env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_list_names_every_system_with_its_unconfirmed_weights() -> None:
    lines = said("list").splitlines()
    national = next(line for line in lines if line.startswith("national-2021"))
    assert national.split()[1:3] == ["46", "43"]
    assert any(line.startswith("national-2024") and "(incomplete)" in line for line in lines)
    assert any(line.startswith("example-city") for line in lines)
    assert "（不完整）" in said("list", lang="zh")


def test_show_prints_every_node_with_weight_mark_and_formula() -> None:
    text = said("show", "national-2021")
    for node in load_system("national-2021").nodes:
        assert f" {node.no} {node.name.en}" in text, node.no
    assert "1.2 R&D personnel (FTE) as share of employed persons · weight 1.2 · ↑ · %" in text
    assert "weight 1? ·" in text
    assert "weight 0.20~" in text
    assert "convert(z_qz001 / z_qd01 / (prior(z_qz001) / prior(z_qd01)) - 1, '%')" in text
    assert "items per ten thousand persons" in text
    assert "unit unknown" in text
    assert "国科发火〔2021〕106号" in text
    assert "51 weights: official 3, secondary 4, inferred 1, unconfirmed 43" in text


def test_show_speaks_chinese() -> None:
    text = said("show", "national-2021", lang="zh")
    assert "1.10 园区…创业氛围评分 · 权重 1? · ↑? · 分 · 专家评分 gx_climate_score" in text
    assert "单位未知" in text


def test_show_of_one_indicator_gives_its_source_and_caution() -> None:
    text = said("show", "national-2021", "4.3")
    assert "a firm with both counts twice" in " ".join(text.split())
    assert "(secondary)" in text
    assert "system.yaml:" in text
    assert "说明：系统 A 将两个个数相加" in "".join(said("show", "national-2021", "4.3", lang="zh").split("\n"))


def test_show_of_an_incomplete_system_says_what_is_missing() -> None:
    assert "names and shares of first-level indicators 2 to 6" in said("show", "national-2024")


def test_show_of_a_table_names_columns() -> None:
    text = said("show", str(Path(__file__).parents[2] / "examples/hdi-2021"))
    assert "column ln(gni_per_capita)" in text


def test_new_writes_a_file_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "wrote my-city.yaml" in said("new", "my-city")
    system = load_system(tmp_path / "my-city.yaml")
    assert (system.name, system.extends) == ("my-city", ("national-2021",))


def test_new_extends_a_file_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "district").mkdir()
    said("new", "city.yaml")
    said("new", "district/pudong.yaml", "--extends", "city.yaml")
    assert load_system("district/pudong.yaml").extends == ("city", "national-2021")


def test_new_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-city.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"my-city\.yaml exists"):
        said("new", "my-city")
    assert (tmp_path / "my-city.yaml").read_text(encoding="utf-8") == "mine"
