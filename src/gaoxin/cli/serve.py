"""``gaoxin serve``: the platform, ready to be used: migrations, static files, server and worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaoxin.cli.language import tr

if TYPE_CHECKING:
    import subprocess

Site = Annotated[Path, typer.Option("--site", help=tr("站点文件夹", "folder of the site"), envvar="GAOXIN_SITE")]
SITE = Path("site")


def serve(
    site: Site = SITE,
    host: Annotated[str, typer.Option(help=tr("监听地址", "address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help=tr("端口", "port"))] = 8000,
    processes: Annotated[int, typer.Option(min=1, help=tr("服务进程数", "processes that answer"))] = 1,
    workers: Annotated[int, typer.Option(min=0, help=tr("后台任务进程数", "processes for background jobs"))] = 1,
    local: Annotated[
        bool, typer.Option("--local", help=tr("仅供本机使用，不经 HTTPS", "for this machine only, without HTTPS"))
    ] = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    import os
    import subprocess
    import sys

    from gaoxin.platform.site_folder import is_own_machine, make_site, open_site, prepare

    if not is_free(host, port):
        said = tr(f"端口 {port} 已被占用，请用 --port 另选", f"port {port} is taken: choose another with --port")
        raise typer.BadParameter(said)
    site = site.resolve()
    if local:
        if not is_own_machine(host):
            raise typer.BadParameter(tr("--local 只能监听本机地址", "--local listens on this machine only"))
        os.environ["GAOXIN_HTTPS"] = "no"
    make_site(site)
    typer.echo(tr("准备站点（数据库、静态文件）…", "preparing the site (database, static files) …"))
    open_site(site)
    prepare()
    from django.conf import settings

    if not settings.SECURE and not is_own_machine(host):
        raise typer.BadParameter(
            tr("不经 HTTPS 的站点只能监听本机地址", "a site without HTTPS listens on this machine only")
        )
    if settings.SECURE and not settings.SECURE_PROXY_SSL_HEADER:
        typer.echo(
            tr(
                "站点要求 HTTPS：请在前面设代理并设置 GAOXIN_PROXIES=1；只在本机试用可加 --local",
                "the site asks for HTTPS: put a proxy in front and set GAOXIN_PROXIES=1; to try it here, add --local",
            )
        )
    started = [
        subprocess.Popen([sys.executable, "-m", "gaoxin.platform.jobs", str(site)])  # noqa: S603
        for _ in range(workers)
    ]
    typer.echo(f"http://{host}:{port}/")
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(processes), "--blocking-threads", "4", "--backpressure", "64", "--no-access-log",
        "--respawn-failed-workers", "gaoxin.platform.wsgi:application",
    ]  # fmt: skip
    try:
        raise typer.Exit(_until_it_ends(subprocess.Popen(command, env=dict(os.environ))))  # noqa: S603
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


serve.__doc__ = tr(
    "启动平台：迁移数据库、构建静态文件，运行网站和后台任务。",
    "Serve the platform: migrate the database, build static files, run the site and the background jobs.",
)


def is_free(host: str, port: int) -> bool:
    """Whether a server can listen there; a name that is not of this machine is left to the server to refuse."""
    import socket

    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return True
    except socket.gaierror:
        return True
    except OSError:
        return False


def _until_it_ends(server: subprocess.Popen[bytes]) -> int:
    """Wait for the server; what this process is told to do (stop), the server is told too."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: server.send_signal(got))
    return server.wait()
