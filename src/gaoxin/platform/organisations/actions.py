"""Every change of the organisation tree."""

from __future__ import annotations

import datetime
import re
from typing import NoReturn

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import INSIDE, Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.permissions import CHANGE
from gaoxin.platform.organisations.tree import insert_below, move_below
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}")


@action
def found_city(reader: Reader, *, code: str, name: str, name_en: str = "", synthetic: bool = False) -> Organisation:
    """Begin the tree: the city office, once, from the machine of the site."""
    if not reader.operator:
        refuse("organisations.city", None, Text("市级机构只能在服务器上设立", "the city is set up on the server"))
    if Organisation.objects.exists():
        refuse("organisations.city", None, Text("市级机构已经存在", "there is a city already"))
    _check_code(code)
    city = Organisation(code=code, name=name, name_en=name_en, kind=Kind.CITY, synthetic=synthetic)
    Organisation.objects.add_root(instance=city)
    record(reader, "organisations.add", city, organisation=city)
    return city


@action
def add(
    reader: Reader,
    parent: Organisation,
    *,
    kind: Kind,
    code: str,
    name: str,
    name_en: str = "",
    opened: datetime.date | None = None,
    synthetic: bool = False,
    reason: str = "",
) -> Organisation:
    """Add an organisation below ``parent``; firms come in through their register."""
    permit(reader, CHANGE, parent)
    if kind is Kind.FIRM and not reader.operator:
        _to_the_register_of_firms()
    _check_open(parent)
    _check_place(kind, parent)
    _check_code(code)
    _check_name(name)
    if Organisation.objects.filter(code=code).exists():
        refuse("organisations.code-taken", "code", Text(f"代码 {code} 已有机构使用", f"the code {code} is in use"))
    child = Organisation(
        code=code, name=name.strip(), name_en=name_en.strip(), kind=kind, opened=opened, synthetic=synthetic
    )
    insert_below(parent, [child])
    record(reader, "organisations.add", child, organisation=child, reason=reason)
    return child


@action
def rename(reader: Reader, organisation: Organisation, *, name: str, name_en: str, reason: str) -> Organisation:
    """Give another name; the former one stays in the history."""
    permit(reader, CHANGE, organisation)
    _check_open(organisation)
    _check_name(name)
    need_reason(reason)
    with changing(reader, "organisations.rename", organisation, organisation=organisation, reason=reason):
        organisation.name, organisation.name_en = name.strip(), name_en.strip()
        organisation.save(update_fields=["name", "name_en"])
    return organisation


@action
def move(reader: Reader, organisation: Organisation, parent: Organisation, *, reason: str) -> Organisation:
    """Put the organisation, with everything below it, under ``parent``; may change who sees it."""
    permit(reader, CHANGE, organisation)
    permit(reader, CHANGE, parent)
    if Kind(organisation.kind) is Kind.FIRM:
        _to_the_register_of_firms()
    _check_open(parent)
    _check_place(Kind(organisation.kind), parent)
    need_reason(reason)
    if parent.path.startswith(organisation.path):
        refuse("organisations.circle", "parent", Text("不能移到自身之下", "it cannot stand below itself"))
    former = Organisation.objects.get_parent(organisation)
    move_below(parent, organisation)
    record(
        reader,
        "organisations.move",
        organisation,
        organisation=organisation,
        reason=reason,
        before={"parent": former.code if former else None},
        after={"parent": parent.code},
    )
    return organisation


@action
def close(reader: Reader, organisation: Organisation, *, day: datetime.date, reason: str) -> Organisation:
    """Close the organisation from ``day`` on; it must have nothing open below it."""
    permit(reader, CHANGE, organisation)
    _check_open(organisation)
    need_reason(reason)
    if organisation.opened and day < organisation.opened:
        refuse("organisations.close-day", "day", Text("关闭日期早于设立日期", "it would close before it was opened"))
    if Organisation.objects.get_descendants(organisation).filter(closed=None).exists():
        refuse(
            "organisations.close-below",
            None,
            Text("下面还有未关闭的机构", "there are open organisations below it"),
            Text("先关闭或移走它们", "close or move them first"),
        )
    with changing(reader, "organisations.close", organisation, organisation=organisation, reason=reason):
        organisation.closed = day
        organisation.save(update_fields=["closed"])
    return organisation


def need_reason(reason: str) -> None:
    """Refuse an act that must be explained and is not."""
    if not reason.strip():
        refuse("reason.missing", "reason", Text("请写明原因", "a reason is needed"))


def _to_the_register_of_firms() -> NoReturn:
    refuse(
        "organisations.firm",
        "kind",
        Text("企业在企业登记中登记和转园", "firms are entered and transferred in their register"),
        Text("请到“企业”页面办理", "use the page of firms"),
    )


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        refuse(
            "organisations.code",
            "code",
            Text("代码只能用字母、数字、“-”和“_”，不超过 40 位", "a code is up to 40 letters, digits, - and _"),
        )


def _check_name(name: str) -> None:
    if not name.strip():
        refuse("organisations.name", "name", Text("请填写名称", "a name is needed"))


def _check_open(organisation: Organisation) -> None:
    if organisation.closed:
        refuse(
            "organisations.closed",
            None,
            Text(
                f"{organisation.name}已于 {organisation.closed} 关闭",
                f"{organisation} was closed on {organisation.closed}",
            ),
        )


def _check_place(kind: Kind, parent: Organisation) -> None:
    allowed = INSIDE[kind]
    if Kind(parent.kind) not in allowed:
        refuse(
            "organisations.place",
            "kind",
            Text(
                f"{Kind(parent.kind).value} 之下不能设 {kind.value}", f"a {kind.value} cannot stand in a {parent.kind}"
            ),
        )
