"""Who gets in at the pages and the API of following up."""

from __future__ import annotations

from typing import Any

from followed import in_preparation, kept
from matrix import Row

from gaoxin.platform.access.roles import Role
from gaoxin.platform.measures.acts import BY
from gaoxin.platform.measures.models import Figure, Request, UnitName

SEE: dict[str, Any] = {
    "city": (Role.ANALYST, Role.LEADER),
    "place": (Role.BUREAU, Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.AUDITOR),
}
SEE_PLACELESS: dict[str, Any] = {"city": (*SEE["city"], *SEE["place"])}
OFFICE: dict[str, Any] = {"city": (Role.ANALYST,)}
WHO: dict[str, dict[str, Any]] = {
    "supervise": OFFICE,
    "judge": {"city": (Role.ANALYST, Role.LEADER)},
    "carry": {"place": (Role.BUREAU, Role.DISTRICT, Role.REVIEWER)},
    "speak": {"place": (Role.BUREAU, Role.DISTRICT, Role.REVIEWER)},
}
UNIT = WHO["carry"]
EXAMPLES = {"supervise": "urge", "judge": "judge", "carry": "report", "speak": "note"}
"""One act for each address; `test_measures_pages` does the others."""


def measure(organisation: str, _: Role) -> dict[str, Any]:
    """A measure that the organisation leads."""
    return {"code": kept(organisation).code}


def notice(organisation: str, _: Role) -> dict[str, Any]:
    """The notice of that measure."""
    return {"code": kept(organisation).notice.code}


def clause(organisation: str, _: Role) -> dict[str, Any]:
    """The clause of that measure."""
    return {"code": kept(organisation).notice.code, "position": 0}


def figure(organisation: str, _: Role) -> dict[str, Any]:
    """A figure of that measure."""
    made = kept(organisation)
    return {"code": made.code, "key": Figure.objects.get(measure=made).pk}


def request(organisation: str, _: Role) -> dict[str, Any]:
    """A request about that measure."""
    made = kept(organisation)
    return {"code": made.code, "key": Request.objects.get(measure=made).pk}


def unit_name(organisation: str, _: Role) -> dict[str, Any]:
    """A unit that the notice names."""
    made = kept(organisation).notice
    return {"code": made.code, "key": UnitName.objects.get(notice=made).pk}


def unit(organisation: str, _: Role) -> dict[str, Any]:
    """The organisation as a unit with a measure."""
    kept(organisation)
    return {"code": organisation}


def draft(_: str, __: Role) -> dict[str, Any]:
    """A notice in preparation."""
    return {"code": in_preparation().code}


def link(_: str, __: Role) -> dict[str, Any]:
    """An incentive."""
    return {"kind": "incentive", "code": "rd_super_deduction"}


def act(by: str) -> Any:
    """An act of those of ``by`` on that measure."""
    return lambda organisation, role: {**measure(organisation, role), "name": EXAMPLES[by]}


def both(address: str, arguments: Any, who: dict[str, Any]) -> list[Row]:
    """A form: shown and sent."""
    return [Row(address, verb, arguments=arguments, **who) for verb in ("GET", "POST")]


ROWS = [
    Row("measures:list", **SEE_PLACELESS),
    Row("measures:list", query="?late=on&mine=on&format=xlsx", **SEE_PLACELESS),
    Row("measures:units", **SEE_PLACELESS),
    Row("measures:unit", arguments=unit, **SEE),
    Row("measures:linked", arguments=link, **SEE_PLACELESS),
    Row("measures:notices", **SEE_PLACELESS),
    *both("measures:receive", None, OFFICE),
    Row("measures:notice", arguments=notice, **SEE),
    *both("measures:decide-unit", unit_name, OFFICE),
    *both("measures:register", notice, OFFICE),
    *both("measures:discard", draft, OFFICE),
    Row("measures:matrix", arguments=notice, **SEE),
    Row("measures:report", arguments=notice, query="?month=2026-03", **SEE),
    Row("measures:remind", "POST", arguments=notice, **OFFICE),
    Row("measures:clause", arguments=clause, **SEE),
    *both("measures:split", clause, OFFICE),
    *both("measures:assign-clause", clause, OFFICE),
    Row("measures:page", arguments=measure, **SEE),
    *(row for by in BY for row in both(f"measures:act-{by}", act(by), WHO[by])),
    *both("measures:add-figure", measure, OFFICE),
    *both("measures:set-value", figure, OFFICE),
    *both("measures:end-figure", figure, OFFICE),
    *both("measures:correct", figure, UNIT),
    *both("measures:decide", request, OFFICE),
    Row("api:measures", **SEE_PLACELESS),
    Row("api:notices", **SEE_PLACELESS),
    Row("api:notices", "POST", **OFFICE),
    Row("api:notice", arguments=notice, **OFFICE),
    Row("api:notice", "DELETE", arguments=draft, query="?reason=x", **OFFICE),
    Row("api:notice-unit", "POST", arguments=unit_name, data={"outside": True}, **OFFICE),
    Row("api:notice-register", "POST", arguments=draft, data={"title": "x"}, **OFFICE),
    Row("api:clause-split", "POST", arguments=clause, data={"lines": "建设平台"}, **OFFICE),
    Row("api:clause-assign", "POST", arguments=clause, data={"lead": "B1", "due": "2030-01-31"}, **OFFICE),
    Row("api:measure", arguments=measure, **SEE),
    Row("api:measure-figures", "POST", arguments=measure, data={"kind": "milestone", "name": "x"}, **OFFICE),
    Row("api:measure-figure-end", "POST", arguments=figure, data={"reason": "x"}, **OFFICE),
    Row("api:measure-correction", "POST", arguments=figure, **UNIT,
        data={"value": "1", "as_of": "2026-01-31", "reason": "test"}),
    Row("api:measure-requests", arguments=measure, **SEE),
    Row("api:measure-request", "POST", arguments=request, data={"granted": False, "reason": "x"}, **OFFICE),
    Row("api:measure-value", "POST", arguments=figure, **OFFICE,
        data={"value": "1", "as_of": "2026-01-31", "source": "test"}),
    *(Row(f"api:measure-act-{by}", "POST", arguments=act(by), **WHO[by]) for by in BY),
]  # fmt: skip
