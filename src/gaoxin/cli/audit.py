"""``gaoxin audit``: check the chain of the platform's audit."""

from __future__ import annotations

from typing import Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.cli.serve import SITE, Site

app = typer.Typer(no_args_is_help=True, help=tr("审计日志", "the audit of the platform"))


@app.callback()
def group() -> None:
    """Keep the command ``verify`` a command of its own."""


def verify(
    site: Site = SITE,
    expect: Annotated[
        str, typer.Option(help=tr("以前记下的摘要，应仍在链中", "a digest noted earlier, which must be in the chain"))
    ] = "",
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.platform.site_folder import make_site, open_site

    make_site(site.resolve())
    open_site(site.resolve(), language())
    from gaoxin.platform.audit.chain import verify as check

    found = check(expect)
    for fault in found.faults:
        typer.echo(f"{fault.sequence}: {fault.message.say(language())}", err=True)
    entries = tr(f"{found.entries} 条记录", f"{found.entries} entries")
    typer.echo(f"{tr('完整', 'whole') if found.whole else tr('已损坏', 'broken')} · {entries} · {found.digest}")
    if not found.whole:
        raise typer.Exit(1)


verify.__doc__ = tr(
    "逐条核对审计链；请把最后的摘要另行保存，下次用 --expect 给出。",
    "Check the chain of the audit; keep its last digest elsewhere and give it with --expect the next time.",
)
app.command()(verify)
