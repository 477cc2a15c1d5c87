"""Writing the audit. An action is one transaction; what it records is chained at its end, or nothing of it is.

    @action
    def rename(reader, organisation, *, name, reason):
        permit(reader, CHANGE, organisation)
        with changing(reader, "organisations.rename", organisation, organisation=organisation, reason=reason):
            organisation.name = name
            organisation.save()

Entries wait until the outermost action is about to commit, so the end of the chain is held for moments only and a
long upload keeps nobody waiting.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction
from django.utils import timezone

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.models import ChainEnd, Entry
from gaoxin.platform.organisations.models import Organisation

P = ParamSpec("P")
R = TypeVar("R")

_waiting: ContextVar[list[Entry] | None] = ContextVar("entries of the running action", default=None)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make ``function`` an action: one transaction with its entries of the audit. Actions may call actions."""

    @functools.wraps(function)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _waiting.get()
        entries: list[Entry] = []
        token = _waiting.set(entries)
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                if outer is None:
                    _append(entries)
        finally:
            _waiting.reset(token)
        if outer is not None:
            outer.extend(entries)
        return result

    act.is_action = True  # type: ignore[attr-defined]
    return act


def record(
    reader: Reader,
    code: str,
    subject: models.Model,
    *,
    organisation: Organisation | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Note one write of the running action.

    Parameters
    ----------
    reader
        Who did it and from where.
    code
        ``area.verb``, for example ``returns.submit``.
    subject
        What was written.
    organisation
        To whom it belongs: who may see the entry. None: only who sees the whole city's audit.
    before, after
        Fields; only those that differ are kept. By default nothing before and the whole `state` after: a new object.
    reason
        Why, in the words of who did it.

    Raises
    ------
    RuntimeError
        When no action is running: a write outside of actions is a defect.
    """
    entries = _waiting.get()
    if entries is None:
        raise RuntimeError(f"{code} was recorded outside of an action")
    old, new = dict(before or {}), dict(state(subject) if after is None else after)
    changed = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    entries.append(
        Entry(
            actor_id=reader.user.pk if reader.user else None,
            actor_name=reader.name[:200],
            via=reader.origin.via,
            address=reader.origin.address[:100],
            request=reader.origin.request,
            action=code,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            subject_name=str(subject)[:250],
            organisation_id=organisation.pk if organisation else None,
            before=_json({name: old[name] for name in changed if name in old}),
            after=_json({name: new[name] for name in changed if name in new}),
            reason=reason.strip(),
        )
    )


@contextmanager
def changing(
    reader: Reader, code: str, subject: models.Model, *, organisation: Organisation | None, reason: str = ""
) -> Iterator[None]:
    """Record what the block changes about ``subject``; nothing when it changes nothing."""
    before = state(subject)
    yield
    after = state(subject)
    if before != after:
        record(reader, code, subject, organisation=organisation, before=before, after=after, reason=reason)


def state(subject: models.Model) -> dict[str, Any]:
    """The stored fields of ``subject`` as JSON values, without those that its class names in ``not_in_audit``."""
    hidden = getattr(subject, "not_in_audit", ())
    return {
        field.name: _plain(field.value_from_object(subject))
        for field in subject._meta.concrete_fields
        if field.name not in hidden and not field.primary_key
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # 12.5 and 12.5000 are the same figure
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return str(value)


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(_plain(fields), ensure_ascii=False, separators=(",", ":"))


def _append(entries: list[Entry]) -> None:
    """Chain the entries to the end; the lock on the end makes writers of the audit come one after the other."""
    if not entries:
        return
    ChainEnd.objects.get_or_create(pk=1)
    end = ChainEnd.objects.select_for_update().get(pk=1)
    now = timezone.now().astimezone(datetime.UTC)
    for entry in entries:
        entry.sequence = end.sequence + 1
        entry.at = now
        entry.previous = end.digest
        entry.digest = entry.seal()
        end.sequence, end.digest = entry.sequence, entry.digest
    Entry.objects.bulk_create(entries, batch_size=500)
    end.save()
