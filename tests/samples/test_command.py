"""``gaoxin sample``."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaoxin.cli.sample import sample
from gaoxin.problems import InputError


def run(*arguments: str | Path) -> str:
    app = typer.Typer()
    app.command()(sample)
    result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=True)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_it_writes_and_says_what(tmp_path: Path) -> None:
    output = run(tmp_path / "city", "--zones", "2", "--firms", "30", "--years", "2", "--seed", "5")
    assert "合成数据" in output
    assert "firms-2025.csv" in output
    names = {
        path.relative_to(tmp_path / "city").as_posix() for path in (tmp_path / "city").rglob("*") if path.is_file()
    }
    assert names == {
        "README.md", "_planted/planted.csv", "experts.xlsx", "zones.xlsx", "firms-2024.csv", "firms-2025.csv",
        "projects-2024.csv", "projects-2025.csv",
    }  # fmt: skip


def test_the_seed_decides(tmp_path: Path) -> None:
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        run(tmp_path / name, "--zones", "1", "--firms", "9", "--years", "1", "--seed", seed)
    a, b, c = ((tmp_path / name / "firms-2025.csv").read_bytes() for name in "abc")
    assert a == b != c


def test_a_folder_that_is_not_empty_is_left_alone_without_force(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError) as caught:
        run(tmp_path, "--zones", "1", "--firms", "9")
    (problem,) = caught.value.problems
    assert (problem.rule, problem.file) == ("sample.not-empty", str(tmp_path))
    assert "--force" in problem.remedy.en
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    run(tmp_path, "--zones", "1", "--firms", "9", "--years", "1", "--force")
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert (tmp_path / "firms-2025.csv").exists()


def test_sizes_that_do_not_fit(tmp_path: Path) -> None:
    for arguments, rule in (
        (("--zones", "5", "--firms", "3"), "sample.too-few-firms"),
        (("--firms", "30000", "--format", "xlsx"), "sample.too-many-firms"),
    ):
        with pytest.raises(InputError) as caught:
            run(tmp_path / "city", *arguments)
        assert [problem.rule for problem in caught.value.problems] == [rule]
        assert not (tmp_path / "city").exists()
