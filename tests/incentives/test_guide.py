"""The page on incentives: its library examples run, and what it shows of the command is what the command says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaoxin.cli.incentives import app
from incentives.firms import shipped

ROOT = Path(__file__).parents[2]
RUNNER = CliRunner()
PAGE = (ROOT / "docs" / "incentives.md").read_text(encoding="utf-8")


def test_every_block_of_the_page_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, "incentives.md", "exec"), names)  # noqa: S102 - our own page
    printed = capsys.readouterr().out
    assert "lowest tax: small_low_profit 135500" in printed
    assert "14,800,000" in printed.replace("14800000", "14,800,000")
    assert "450000" in printed
    assert "[('2022', '0'), ('2023', '0'), ('2024', '150000')] 150000" in printed


@pytest.mark.parametrize(
    ("example", "mark", "arguments"),
    [
        ("near-miss", "lowest tax", ["--year", "2024"]),
        ("near-miss", "conditions for recognition", ["--year", "2024"]),
        ("near-miss", "14,800,000 yuan", ["--year", "2024", "--detail", "--only", "hnte"]),
        ("years", "lowest income tax 2022", ["--year", "2024", "--since", "2022"]),
    ],
)
def test_what_the_page_shows_is_what_the_command_says(
    example: str, mark: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaoxin.rulebook.load_book", lambda _: shipped())
    file = str(ROOT / "examples" / "incentives" / f"{example}.yaml")
    call = ["firm", file, *arguments, "--as-of", "2025-03-01", "--lang", "en"]
    said = " ".join(RUNNER.invoke(app, call, env={"COLUMNS": "200"}, catch_exceptions=False).output.split())
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    shown = next(block for kind, block in blocks if not kind and mark in block)
    for line in shown.splitlines():
        for part in line.split("…"):
            assert " ".join(part.split()) in said, line
