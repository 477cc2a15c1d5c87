"""``gaoxin platform``: begin a site, fill a demonstration city, send reminders."""

from __future__ import annotations

from typing import Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.cli.serve import SITE, Site

app = typer.Typer(
    no_args_is_help=True,
    help=tr("平台：新建站点、示例城市、到期提醒", "the platform: begin a site, a sample city, reminders"),
)


def begin(
    code: Annotated[str, typer.Option(help=tr("市级机构代码", "code of the city office"))],
    name: Annotated[str, typer.Option(help=tr("市级机构名称", "name of the city office"))],
    administrator: Annotated[str, typer.Option(help=tr("首位管理员的用户名", "user name of the first administrator"))],
    site: Site = SITE,
    name_en: Annotated[str, typer.Option(help=tr("英文名称", "name in English"))] = "",
) -> None:
    """Set below: the help speaks the language of the call."""
    _open(site)
    from gaoxin.platform.access.reader import Reader
    from gaoxin.platform.access.roles import Role
    from gaoxin.platform.accounts.actions import add_user, grant, make_password
    from gaoxin.platform.audit.journal import action
    from gaoxin.platform.organisations.actions import found_city

    @action
    def start(reader: Reader) -> str:
        city = found_city(reader, code=code, name=name, name_en=name_en)
        password = make_password()
        user = add_user(reader, city, username=administrator, name=administrator, password=password)
        grant(reader, user, Role.ADMINISTRATOR, city)
        return password

    password = start(Reader.command("gaoxin platform begin"))
    typer.echo(tr(f"管理员 {administrator}，密码 {password}", f"administrator {administrator}, password {password}"))
    typer.echo(tr("请登录后立即修改密码。", "Change the password after signing in."))


def demo(
    site: Site = SITE,
    firms: Annotated[int, typer.Option(min=150, help=tr("企业数", "number of firms"))] = 300,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.demonstration import fill_folder, how_to_serve, print_accounts

    typer.echo(tr("填入示例城市（合成数据）…", "filling a sample city (synthetic data) …"))
    print_accounts(fill_folder(site, firms=firms))
    typer.echo(tr(f"接着运行：{how_to_serve(site)}", f"now run: {how_to_serve(site)}"))


def remind(site: Site = SITE) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.platform.site_folder import open_site

    open_site(site.resolve(), language())
    from django.conf import settings
    from django.utils import timezone

    from gaoxin.platform.access.reader import Reader
    from gaoxin.platform.reminders.sending import remind as send

    done = send(Reader.command("gaoxin platform remind"), timezone.localdate())
    typer.echo(
        tr(
            f"{done.people} 人有新的到期或逾期事项，发出 {done.mails} 封邮件",
            f"{done.people} people have something newly due or late; {done.mails} mails sent",
        )
    )
    if not settings.EMAIL_HOST:
        typer.echo(tr("未设置 GAOXIN_MAIL_HOST，只作记录", "GAOXIN_MAIL_HOST is not set: noted only"))
    if done.failed:
        typer.echo(tr(f"{done.failed} 封未能发出", f"{done.failed} mails could not be sent"), err=True)
        raise typer.Exit(1)


begin.__doc__ = tr("新建站点：市级机构和首位管理员。", "Begin a site: the city office and its first administrator.")
demo.__doc__ = tr(
    "填入示例城市：多年报表、评价、动态调整和各角色账号，全部为合成数据。",
    "Fill a sample city: years of returns, evaluations, cases, an account for each role; all of it synthetic.",
)
remind.__doc__ = tr(
    "提醒到期和逾期的事项；可每天由定时任务运行，同一天重复运行不会重复提醒。",
    "Remind people of what is due or late; for a daily timer. Run twice a day, it tells nothing twice.",
)
app.command()(begin)
app.command()(demo)
app.command()(remind)


def _open(site: Site) -> None:
    from gaoxin.platform.site_folder import make_site, open_site, prepare

    make_site(site.resolve())
    open_site(site.resolve(), language())
    prepare(static=False)
