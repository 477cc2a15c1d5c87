"""``gaoxin backup`` and ``gaoxin restore``: the whole site in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.cli.serve import SITE, Site


def backup(
    file: Annotated[Path, typer.Argument(help=tr("写入的文件", "file to write"))],
    site: Site = SITE,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.platform.site_folder import make_site, open_site

    make_site(site.resolve())
    open_site(site.resolve(), language())
    from gaoxin.platform.backup import write_backup

    manifest = write_backup(file.resolve())
    typer.echo(tr(f"已备份到 {file}", f"backed up to {file}"))
    typer.echo(tr(f"审计链末尾 {manifest['audit']}", f"the audit ends with {manifest['audit']}"))


def restore(
    file: Annotated[Path, typer.Argument(help=tr("备份文件", "the backup"), exists=True)],
    site: Site = SITE,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.platform.site_folder import make_site, open_site, prepare

    make_site(site.resolve())
    open_site(site.resolve(), language())
    from gaoxin.platform.audit.chain import verify
    from gaoxin.platform.backup import restore_backup

    manifest = restore_backup(file)
    prepare(static=False)
    found = verify(manifest["audit"])
    typer.echo(tr(f"已恢复 {manifest['at']} 的备份", f"restored the backup of {manifest['at']}"))
    typer.echo(tr("审计链完整", "the audit is whole") if found.whole else tr("审计链已损坏", "the audit is broken"))
    if not found.whole:
        raise typer.Exit(1)


backup.__doc__ = tr("把整个站点备份到一个文件。", "Back up the whole site into one file.")
restore.__doc__ = tr("把备份恢复到空的站点。", "Restore a backup into an empty site.")
