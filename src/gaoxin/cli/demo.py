"""``gaoxin demo``: the synthetic sample city through the whole chain, and on a site of the platform."""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr

REPLICATIONS = 1000
SITE = "site"


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help=tr("写入的文件夹", "folder to write into"))] = Path("demo"),
    firms: Annotated[int, typer.Option("--firms", min=22, help=tr("企业数", "number of firms"))] = 8000,
    site_firms: Annotated[
        int, typer.Option("--site-firms", min=150, help=tr("平台站点中的企业数", "number of firms on the site"))
    ] = 300,
    serve: Annotated[
        bool | None,
        typer.Option(
            "--serve/--no-serve",
            help=tr(
                "结束后启动站点并打开浏览器；默认只在终端中启动", "serve the site and open it; by default in a terminal"
            ),
            show_default=False,
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help=tr("站点端口", "port of the site"))] = 8000,
    force: Annotated[
        bool, typer.Option("--force", help=tr("重新填入已有的站点", "fill a site that is there anew"))
    ] = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.demonstration import fill_site, how_to_serve, is_watched, print_accounts, serve_site
    from gaoxin.cli.progress import Progress
    from gaoxin.cli.ranking import print_result
    from gaoxin.library import sample_city
    from gaoxin.reports.folder import PAGE, WORD, WORKBOOK, write_outputs
    from gaoxin.runs.manifest import verify
    from gaoxin.runs.pipeline import Request, evaluate_manifest, evaluate_request
    from gaoxin.words import Text

    _keep_what_is_not_ours(out)
    returns, results, site = out / "returns", out / "results", out / SITE
    fresh = _fill_anew(site, force=force, asked=is_watched())
    started = time.monotonic()

    def say(zh: str, en: str) -> None:
        typer.echo(f"[{time.monotonic() - started:5.1f} s] {tr(zh, en)}")

    say("1/5 生成示例城市（合成数据）…", "1/5 making the sample city (synthetic data) …")
    with Progress() as progress:
        what = Text("生成示例城市（合成数据）", "making the sample city (synthetic)")
        sample_city(returns, firms=firms, progress=lambda share: progress.step(what, share))
    say(
        f"2/5 读入报表、校核、评价，稳健性模拟 {REPLICATIONS} 次 …",
        f"2/5 reading and checking the returns, evaluating, {REPLICATIONS} replications …",
    )
    with Progress() as progress:
        run = evaluate_request(
            Request(paths=(returns,), system="national-2021", robustness=REPLICATIONS), progress=progress.step
        )
    say("3/5 写出报告 …", "3/5 writing the reports …")
    with Progress() as progress:
        write_outputs(run, results, language=language(), progress=progress.step)
    say("4/5 按 manifest 重算核验 …", "4/5 evaluating again from the manifest …")
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
    typer.echo()
    if find_spec("django") is None:
        typer.echo(
            tr("平台站点需要安装 gaoxin[platform]，此处略过。", "The site needs gaoxin[platform]: left out here.")
        )
        return
    if fresh:
        say(
            f"5/5 填入平台站点：{site_firms} 家企业的示例城市（合成数据），约需一分钟 …",
            f"5/5 filling the site of the platform: a sample city of {site_firms} firms (synthetic), about a minute …",
        )
        filled = fill_site(site, firms=site_firms)
        say("完成", "done")
        typer.echo()
        print_accounts(filled)
    else:
        typer.echo(
            tr(
                f"保留已有的站点 {site}；--force 重新填入并给出新密码",
                f"the site {site} is kept as it is; --force fills it anew and gives a new password",
            )
        )
    if serve or (serve is None and is_watched()):
        raise typer.Exit(serve_site(site, port))
    typer.echo(tr("启动站点：", "Start the site with:"))
    typer.echo(f"  {how_to_serve(site)}")


demo.__doc__ = tr(
    "演示：合成示例城市，从报表到可签发的报告，以及一个可登录试用的平台站点。",
    "Demo: a synthetic city from returns to a report that can be signed, and a site of the platform to try.",
)


def _fill_anew(site: Path, *, force: bool, asked: bool) -> bool:
    """Whether the site is to be filled: it is not there, or somebody wants it anew."""
    if force or not site.exists():
        return True
    question = tr(
        f"{site} 已有站点。删除其中的内容并重新填入？", f"there is a site in {site}. Delete it and fill it anew?"
    )
    return asked and typer.confirm(question, default=False)


def _keep_what_is_not_ours(folder: Path) -> None:
    """Write again over an earlier demo, but never over anything else."""
    from gaoxin.cli.demonstration import UNFINISHED
    from gaoxin.problems import InputError, Problem
    from gaoxin.words import Text

    ours = {"returns", "results", SITE}
    strange = (
        sorted(p.name for p in folder.iterdir() if p.name not in ours and not p.name.startswith(UNFINISHED))
        if folder.is_dir()
        else []
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
