"""``gaoxin verify``: evaluate again what a manifest describes and compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr


def verify(
    manifest: Annotated[Path, typer.Argument(help=tr("manifest.json 或其所在文件夹", "manifest.json or its folder"))],
) -> None:
    """Placeholder replaced below: Typer shows the help in the language of the call."""
    from gaoxin.runs import pipeline
    from gaoxin.runs.manifest import verify as verify_manifest

    outcome = verify_manifest(manifest, pipeline.evaluate_manifest)
    spoken = language()
    if outcome.identical:
        typer.echo(tr("一致：重新计算的结果与原结果逐位相同", "identical: the results are the same to the last bit"))
    else:
        for finding in outcome.findings:
            typer.echo(f"- {finding.say(spoken)}")
    for note in outcome.notes:
        typer.echo(tr("注：", "note: ") + note.say(spoken))
    if not outcome.equal:
        raise typer.Exit(1)


verify.__doc__ = tr(
    "核验：按 manifest 重新计算，逐位比较。", "Evaluate again what a manifest describes and compare bit by bit."
)
