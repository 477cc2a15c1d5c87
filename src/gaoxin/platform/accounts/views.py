"""Pages of accounts: the people of one's organisations, their roles, and one's own account with its tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.permissions import TABLE, Reach
from gaoxin.platform.access.reader import limit
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions, forms, queries
from gaoxin.platform.accounts.models import User
from gaoxin.platform.accounts.permissions import CHANGE, VIEW
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.queries import organisation as seen_organisation


def words_of_roles(user: Any) -> str:
    """The roles held today, each once."""
    return "、".join(dict.fromkeys(held.get_role_display() for held in user.held))


COLUMNS = (
    Column("username", words("用户名", "User name"), lambda u: u.username, "username", lambda u: f"/accounts/{u.pk}/"),
    Column("name", words("姓名", "Name"), lambda u: u.label, "name"),
    Column("organisation", words("所属机构", "Organisation"), lambda u: u.organisation.label, "organisation__path"),
    Column("roles", words("角色", "Roles"), words_of_roles),
    Column(
        "state", words("状态", "State"), lambda u: words("启用", "active") if u.is_active else words("停用", "disabled")
    ),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The accounts that the reader keeps."""
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    records = queries.people(request.reader, text=asked.get("q", ""), role=asked.get("role", ""))
    table = Table(request, COLUMNS, records, name="accounts")
    context = {"table": table, "filters": filters, "may_change": request.reader.may(CHANGE)}
    return table.download() or render(request, "accounts/list.html", context)


@require_GET
def page(request: PageRequest, key: int) -> HttpResponse:
    """One account with its roles and its history."""
    user = queries.person(request.reader, pk=key)
    return render(request, "accounts/page.html", _about(request, user))


@require_http_methods(["GET", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Add an account; the first password is shown once."""
    limit(request.reader, CHANGE, Organisation.objects.none(), "")
    form = forms.Add(request.POST or None)
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("username", "name", "email")}
        password = actions.make_password()
        organisation = form.seek("organisation", seen_organisation, request.reader)
        user = organisation and form.attempt(actions.add_user, request.reader, organisation, password=password, **asked)
        if user:
            return render(request, "accounts/password.html", {"person": user, "password": password}, status=201)
    return _form(request, form, words("新增账号", "Add an account"))


@require_http_methods(["GET", "POST"])
def grant(request: PageRequest, key: int) -> HttpResponse:
    """Give a role."""
    user = queries.person(request.reader, to_change=True, pk=key)
    form = forms.Grant(request.POST or None)
    if form.is_valid():
        role = Role(form.cleaned_data["role"])
        asked = {name: form.cleaned_data[name] for name in ("until", "reason")}
        organisation = form.seek("organisation", seen_organisation, request.reader)
        if organisation and form.attempt(actions.grant, request.reader, user, role, organisation, **asked):
            return _done(request, user, words("已授予", "Granted"))
    return _form(request, form, words("授予角色", "Grant a role"), user)


@require_http_methods(["GET", "POST"])
def revoke(request: PageRequest, key: int) -> HttpResponse:
    """End a role."""
    assignment = queries.assignment(request.reader, key)
    form = forms.Reason(request.POST or None)
    if form.is_valid():
        form.attempt(actions.revoke, request.reader, assignment, **form.cleaned_data)
        if not form.errors:
            return _done(request, assignment.user, words("已收回", "Revoked"))
    return _form(request, form, words("收回角色", "Revoke the role"), assignment.user)


@require_http_methods(["GET", "POST"])
def active(request: PageRequest, key: int) -> HttpResponse:
    """Disable an account, or enable it again."""
    user = queries.person(request.reader, to_change=True, pk=key)
    form = forms.Reason(request.POST or None)
    if form.is_valid():
        form.attempt(actions.set_active, request.reader, user, active=not user.is_active, **form.cleaned_data)
        if not form.errors:
            return _done(request, user, words("已更改", "Changed"))
    return _form(request, form, words("停用账号", "Disable") if user.is_active else words("启用账号", "Enable"), user)


@require_http_methods(["GET", "POST"])
def password(request: PageRequest, key: int) -> HttpResponse:
    """Give another password; it is shown once."""
    user = queries.person(request.reader, to_change=True, pk=key)
    form = forms.Reason(request.POST or None)
    if form.is_valid():
        new = actions.make_password()
        form.attempt(actions.set_password, request.reader, user, password=new, **form.cleaned_data)
        if not form.errors:
            return render(request, "accounts/password.html", {"person": user, "password": new}, status=201)
    return _form(request, form, words("重置密码", "Reset the password"), user)


@require_GET
def roles(request: PageRequest) -> HttpResponse:
    """The table of permissions: which role may do what, and how far."""
    limit(request.reader, VIEW, Organisation.objects.none(), "")
    marks = {Reach.CITY: words("全市", "city"), Reach.PLACE: words("本级及以下", "place")}
    rows = [
        (row, [marks.get(row.reach[role], "") if role in row.reach else "" for role in Role]) for row in TABLE.values()
    ]
    return render(request, "accounts/roles.html", {"roles": list(Role), "rows": rows})


@require_http_methods(["GET", "POST"])
def own(request: PageRequest) -> HttpResponse:
    """One's own account: the roles one holds, and one's tokens."""
    tokens = queries.own_tokens(request.reader)
    form = forms.AddToken(request.POST or None)
    secret = ""
    if form.is_valid():
        asked = form.cleaned_data
        made = form.attempt(
            actions.add_token, request.reader, name=asked["name"], scopes=asked["scopes"], expires=form.expires()
        )
        if made is not None:
            secret, form = made[1], forms.AddToken()
    user = request.user
    held = user.assignments.in_force().select_related("organisation")  # type: ignore[union-attr]
    context = {"held": held, "tokens": tokens, "form": form, "secret": secret}
    return render(request, "accounts/own.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: PageRequest, key: int) -> HttpResponse:
    """End one of one's tokens."""
    actions.revoke_token(request.reader, queries.own_token(request.reader, key))
    messages.success(request, words("令牌已作废", "The token was revoked"))
    return redirect("accounts:own")


def _about(request: PageRequest, user: User) -> dict[str, Any]:
    return {
        "person": user,
        "held": user.assignments.select_related("organisation"),
        "history": history(user)[:50],
        "may_change": request.reader.may(CHANGE, user.organisation) and request.reader.user != user,
    }


def _form(request: PageRequest, form: Form, title: Any, user: User | None = None) -> HttpResponse:
    context = {"form": form, "title": title, "person": user}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, user: User, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("accounts:page", user.pk)
