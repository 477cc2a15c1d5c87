"""Pages that say what went wrong, with the number under which it is found in the logs."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gaoxin.platform.language import words

_log = structlog.get_logger("gaoxin.errors")


def _page(request: HttpRequest, status: int, title: Any, remedy: Any) -> HttpResponse:
    context = {"status": status, "title": title, "remedy": remedy, "number": getattr(request, "number", "")}
    return render(request, "frame/error.html", context, status=status)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400."""
    return _page(
        request,
        400,
        words("请求无法理解", "The request cannot be understood"),
        words("请从导航重新进入。", "Start again from the navigation."),
    )


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the permission that is missing is named, so that an administrator can be asked for it."""
    from gaoxin.platform.access.permissions import TABLE  # noqa: PLC0415

    missing = TABLE.get(str(exception))
    title = words("您没有这项权限", "You do not have this permission")
    if missing is not None:
        remedy = words(
            f"需要的权限：{missing.title}（{missing.code}）。请联系本机构管理员。",
            f"Permission needed: {missing.title} ({missing.code}). Ask the administrator of your organisation.",
        )
    else:
        remedy = words("请联系本机构管理员。", "Ask the administrator of your organisation.")
    return _page(request, 403, title, remedy)


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: the same for what is not there and for what the reader may not see."""
    return _page(
        request,
        404,
        words("没有这个页面", "There is no such page"),
        words("它不存在，或不在您可查看的范围内。", "It does not exist, or lies outside of what you may see."),
    )


@login_not_required
def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(
        request,
        500,
        words("系统出错", "Something went wrong"),
        words(
            "没有写入任何内容。请稍后重试；仍不行时请把编号告诉管理员。",
            "Nothing was written. Try again later; if it persists, tell the administrator the number.",
        ),
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an old page or another site."""
    _log.warning("csrf", reason=reason, path=request.path)
    return _page(
        request,
        403,
        words("页面已过期", "The page has expired"),
        words("请返回并刷新页面后重新提交。", "Go back, reload the page and send it again."),
    )
