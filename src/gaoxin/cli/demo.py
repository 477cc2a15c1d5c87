"""``gaoxin demo``: the synthetic sample city through the whole chain, each step said while it runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr

REPLICATIONS = 1000


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help=tr("写入的文件夹", "folder to write into"))] = Path("demo"),
    firms: Annotated[int, typer.Option("--firms", min=22, help=tr("企业数", "number of firms"))] = 8000,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.cli.ranking import print_result
    from gaoxin.library import sample_city
    from gaoxin.reports.folder import PAGE, WORD, WORKBOOK, write_outputs
    from gaoxin.runs.manifest import verify
    from gaoxin.runs.pipeline import Request, evaluate_manifest, evaluate_request
    from gaoxin.words import Text

    _keep_what_is_not_ours(out)
    returns, results = out / "returns", out / "results"
    started = time.monotonic()

    def say(zh: str, en: str) -> None:
        typer.echo(f"[{time.monotonic() - started:5.1f} s] {tr(zh, en)}")

    say("1/4 生成示例城市（合成数据）…", "1/4 making the sample city (synthetic data) …")
    with Progress() as progress:
        what = Text("生成示例城市（合成数据）", "making the sample city (synthetic)")
        sample_city(returns, firms=firms, progress=lambda share: progress.step(what, share))
    say(
        f"2/4 读入报表、校核、评价，稳健性模拟 {REPLICATIONS} 次 …",
        f"2/4 reading and checking the returns, evaluating, {REPLICATIONS} replications …",
    )
    with Progress() as progress:
        run = evaluate_request(
            Request(paths=(returns,), system="national-2021", robustness=REPLICATIONS), progress=progress.step
        )
    say("3/4 写出报告 …", "3/4 writing the reports …")
    with Progress() as progress:
        write_outputs(run, results, language=language(), progress=progress.step)
    say("4/4 按 manifest 重算核验 …", "4/4 evaluating again from the manifest …")
    outcome = verify(results, evaluate_manifest)
    say(
        "核验一致" if outcome.identical else "核验不一致，见 gaoxin verify",
        "identical" if outcome.identical else "not identical, see gaoxin verify",
    )
    typer.echo()
    print_result(run.result, language())
    best = run.result.units[int(run.result.ranks[:, -1].argmin())].code
    typer.echo()
    typer.echo(tr("报告（用浏览器打开，可离线）：", "Report (open it in a browser, works offline):"))
    typer.echo(f"  {(results / PAGE).resolve()}")
    typer.echo(tr("工作簿、Word 报告：", "Workbook and Word report:"))
    typer.echo(f"  {results / WORKBOOK}\n  {results / WORD}")
    typer.echo(tr("接着可以试：", "Next you can try:"))
    for command in (
        f"uv run gaoxin check {returns}",
        f"uv run gaoxin explain {best} 1.3 --run {results}",
        f"uv run gaoxin verify {results}",
    ):
        typer.echo(f"  {command}")
    if not outcome.equal:
        raise typer.Exit(1)


demo.__doc__ = tr(
    "演示：合成示例城市，从报表到可签发的报告。", "Demo: a synthetic city from returns to a report that can be signed."
)


def _keep_what_is_not_ours(folder: Path) -> None:
    """Write again over an earlier demo, but never over anything else."""
    from gaoxin.problems import InputError, Problem
    from gaoxin.words import Text

    strange = (
        sorted(p.name for p in folder.iterdir() if p.name not in {"returns", "results"}) if folder.is_dir() else []
    )
    if strange:
        problem = Problem(
            "demo.folder",
            "error",
            Text(f"文件夹里有别的内容（{strange[0]}）", f"the folder holds something else ({strange[0]})"),
            Text("用 --out 另选文件夹", "choose another folder with --out"),
            file=str(folder),
        )
        raise InputError([problem])
