"""Every change of accounts, roles and tokens."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from gaoxin.platform.access.permissions import TABLE
from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import PLACES, Kind, Role
from gaoxin.platform.accounts.models import Assignment, Token, User
from gaoxin.platform.accounts.permissions import CHANGE, TOKENS
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

LONGEST_TOKEN = datetime.timedelta(days=366)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def make_password() -> str:
    """A password that can be read out: four groups of five characters, 100 bits.

    >>> len(make_password())
    23
    """
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


@action
def add_user(
    reader: Reader,
    organisation: Organisation,
    *,
    username: str,
    name: str,
    email: str = "",
    password: str | None,
    synthetic: bool = False,
) -> User:
    """Add an account, without any role yet; without a password (None) it is for single sign-on only."""
    permit(reader, CHANGE, organisation)
    if not username.strip() or not name.strip():
        refuse("accounts.name", "username", Text("请填写用户名和姓名", "a user name and a name are needed"))
    if User.objects.filter(username__iexact=username.strip()).exists():
        refuse("accounts.taken", "username", Text(f"用户名 {username} 已被使用", f"the user name {username} is taken"))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            refuse("accounts.email", "email", Text("电子邮件地址不对", "this is not an e-mail address"))
    user = User(
        username=username.strip(), name=name.strip(), email=email, organisation=organisation, synthetic=synthetic
    )
    if password is not None:
        _check_password(password, user)
    user.set_password(password)
    user.save()
    record(reader, "accounts.add", user, organisation=organisation)
    return user


@action
def set_password(reader: Reader, user: User, *, password: str, reason: str) -> None:
    """Give the person another password, for example when it was forgotten."""
    permit(reader, CHANGE, user.organisation)
    need_reason(reason)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(reader, "accounts.set-password", user, organisation=user.organisation, after={}, reason=reason)


@action
def note_own_change(reader: Reader, user: User, code: str) -> None:
    """Note that somebody changed their own password or second factor, which django-allauth did."""
    record(reader, code, user, organisation=user.organisation, after={})


@action
def set_active(reader: Reader, user: User, *, active: bool, reason: str) -> None:
    """Disable an account, or enable it again. Nobody disables their own."""
    permit(reader, CHANGE, user.organisation)
    _not_oneself(reader, user)
    need_reason(reason)
    with changing(reader, "accounts.set-active", user, organisation=user.organisation, reason=reason):
        user.is_active = active
        user.save(update_fields=["is_active"])


@action
def grant(
    reader: Reader,
    user: User,
    role: Role,
    organisation: Organisation,
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    reason: str = "",
) -> Assignment:
    """Give the person a role at a place. It takes the right over the person's account and over the place."""
    permit(reader, CHANGE, user.organisation)
    permit(reader, CHANGE, organisation)
    _not_oneself(reader, user)
    if Kind(organisation.kind) not in PLACES[role]:
        refuse(
            "accounts.role-place",
            "role",
            Text(f"“{role.value}”不能授予在这类机构", f"{role.value} cannot be held at a {organisation.kind}"),
        )
    since = since or timezone.localdate()
    if until and until < since:
        refuse("accounts.dates", "until", Text("止期早于起期", "it would end before it begins"))
    if Assignment.objects.in_force(since).filter(user=user, role=role, organisation=organisation).exists():
        refuse("accounts.has-role", "role", Text("此人已有这一角色", "the person holds this role already"))
    assignment = Assignment.objects.create(user=user, role=role, organisation=organisation, since=since, until=until)
    record(reader, "accounts.grant", assignment, organisation=organisation, reason=reason)
    return assignment


@action
def revoke(reader: Reader, assignment: Assignment, *, reason: str) -> None:
    """End a role from today on."""
    permit(reader, CHANGE, assignment.organisation)
    _not_oneself(reader, assignment.user)
    need_reason(reason)
    with changing(reader, "accounts.revoke", assignment, organisation=assignment.organisation, reason=reason):
        assignment.until = timezone.localdate() - datetime.timedelta(days=1)
        assignment.save(update_fields=["until"])


@action
def add_token(reader: Reader, *, name: str, scopes: Sequence[str], expires: datetime.datetime) -> tuple[Token, str]:
    """Make a token of one's own; the secret is shown this once and stored nowhere."""
    user = _owner(reader)
    known = {code.split(".")[0] for code in TABLE} | set(TABLE)
    if unknown := [scope for scope in scopes if scope not in known]:
        refuse("tokens.scope", "scopes", Text(f"没有“{unknown[0]}”这一范围", f"there is no scope {unknown[0]}"))
    if not name.strip():
        refuse("tokens.name", "name", Text("请填写名称", "a name is needed"))
    if not scopes:
        refuse("tokens.scopes", "scopes", Text("请至少选一个范围", "choose at least one scope"))
    if reader.limits is not None and not set(scopes) <= reader.limits:
        refuse("tokens.wider", "scopes", Text("令牌不能签发范围更大的令牌", "a token makes no wider token"))
    if not timezone.now() < expires <= timezone.now() + LONGEST_TOKEN:
        refuse("tokens.expires", "expires", Text("有效期最长一年", "a token is good for a year at most"))
    secret = "gx_" + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user, name=name.strip(), scopes=sorted(set(scopes)), expires=expires, secret=Token.digest(secret)
    )
    record(reader, "accounts.add-token", token, organisation=user.organisation)
    return token, secret


@action
def revoke_token(reader: Reader, token: Token) -> None:
    """End a token of one's own."""
    user = _owner(reader)
    if token.user_id != user.pk:
        raise PermissionDenied
    with changing(reader, "accounts.revoke-token", token, organisation=user.organisation):
        token.revoked = token.revoked or timezone.now()
        token.save(update_fields=["revoked"])


def _owner(reader: Reader) -> User:
    if reader.user is None or not reader.may(TOKENS):
        raise PermissionDenied(TOKENS.code)
    return reader.user


def _not_oneself(reader: Reader, user: User) -> None:
    if reader.user is not None and reader.user.pk == user.pk:
        refuse(
            "accounts.oneself",
            None,
            Text("不能更改自己的账号或角色", "nobody changes their own account or roles"),
            Text("请另一位管理员办理", "ask another administrator"),
        )


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = " ".join(error.messages)
        refuse("accounts.password", "password", Text(said, said))
