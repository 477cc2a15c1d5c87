"""Root of the ``gaoxin`` command: options for all commands, errors as messages, exit codes.

Exit codes: 0 done, 1 findings of severity error (checks, verification), 2 wrong use or unusable input.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gaoxin.cli.language import choose, tr


def build() -> typer.Typer:
    """Assemble the command; imports of the commands themselves stay light, the work is imported when it runs."""
    from gaoxin.cli import (
        attainment,
        audit,
        backup,
        book,
        checking,
        comparison,
        decisions,
        demo,
        evaluation,
        explanation,
        firms,
        incentives,
        notice,
        platform,
        sample,
        serve,
        system,
        verification,
    )

    app = typer.Typer(
        name="gaoxin",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        help=tr(
            "高新：从企业统计报表到园区评价，每个数字都能追溯到报表和条款。",
            "gaoxin: from firms' returns to ranked zones; every number walks back to its report and clause.",
        ),
    )

    @app.callback()
    def root(
        context: typer.Context,
        lang: Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))] = "",
        version: Annotated[bool, typer.Option("--version", help=tr("显示版本", "show the version"))] = False,
    ) -> None:
        from gaoxin.cli.language import language

        if lang not in {"", "zh", "en"}:
            raise typer.BadParameter(tr(f"没有“{lang}”这种语言，可用 zh 或 en", f"no language {lang!r}: use zh or en"))
        context.obj = {"lang": language()}
        if version:
            from gaoxin import __version__

            typer.echo(f"gaoxin {__version__}")
            raise typer.Exit

    for command in (
        evaluation.evaluate,
        checking.check,
        explanation.explain,
        firms.firms,
        attainment.reach,
        comparison.compare,
        decisions.decide,
        verification.verify,
        sample.sample,
        demo.demo,
        serve.serve,
        backup.backup,
        backup.restore,
    ):
        app.command()(command)
    app.add_typer(system.app, name="system")
    app.add_typer(book.app, name="book")
    app.add_typer(notice.app, name="notice")
    app.add_typer(incentives.app, name="incentives")
    app.add_typer(platform.app, name="platform")
    app.add_typer(audit.app, name="audit")
    return app


def main() -> None:
    """Run the command; what goes wrong becomes a message with place and remedy, never a traceback."""
    for stream in (sys.stdout, sys.stderr):  # Windows consoles may not speak UTF-8
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    choose(sys.argv[1:])
    from gaoxin.cli.failure import report

    with report():
        build()()


if __name__ == "__main__":
    main()
