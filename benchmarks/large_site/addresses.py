"""Which pages each of the people looks at."""

from __future__ import annotations

from typing import Any

from benchmarks.large_site.fill import FIRM_BOOK, MONTHLY, MONTHLY_ITEMS, MONTHS, NEXT

NAME = "%E4%BC%81%E4%B8%9A0001"
"""Part of the names of a hundred firms: 企业0001."""


def looked_at(there: dict[str, Any], who: str) -> dict[str, str]:
    """Lists and overviews by name, as ``who`` (an account of `fill`) looks at them."""
    role, _, place = who.partition("-")
    zone = place if place in there["zones"] else there["zone"]
    firm = there["firms_of"][zone][0]
    run, last = f"/evaluations/{there['evaluation']}/", max(1, there["rows"]["firms"] // 100)
    now, closed = (f"/statistics/returns/{there[name]}/" for name in ("collection", "closed"))
    firms = {
        "work list": "/",
        "firms": "/enterprises/",
        "firms by name": f"/enterprises/?q={NAME}",
        "a firm": f"/enterprises/{firm}/",
        "search": f"/search/?q={NAME}",
    }
    collecting = {"collections": "/statistics/returns/", "a collection": now}
    returns = {
        **collecting,
        "its returns": f"{now}list/",
        "returns by state": f"{closed}list/?state=approved",
        "returns by name": f"{now}list/?q={NAME}",
        "a return": f"{closed}of/{firm}/",
    }
    evaluations = {
        "evaluations": "/evaluations/",
        "an evaluation": run,
        "a zone in it": f"{run}zones/{zone}/",
        "dynamic adjustment": "/adjustments/",
    }
    places = {"zones": "/zones/", "a zone": f"/zones/{zone}/", "organisations": "/organisations/"}
    measures, overview = {"measures": "/measures/"}, {"overview": "/overview/"}
    if role == "administrator":
        return {**firms, **places, "accounts": "/accounts/", "audit": "/audit/"}
    if role.startswith("firm"):
        return {"work list": "/", **collecting}
    if role == "bureau":
        return {**firms, **places, **evaluations}
    if role == "leader":
        return {"work list": "/", **returns, **evaluations, **measures, **overview}
    if role == "analyst":
        ends = {"firms, last page": f"/enterprises/?page={last}", "returns, last page": f"{now}list/?page={last}"}
        sorted_ = {"firms by zone": "/enterprises/?sort=zone"}
        return {**firms, **places, **returns, **evaluations, **measures, **overview, **ends, **sorted_}
    return {**firms, **places, **returns, **evaluations, **measures, **overview}


def figures(there: dict[str, Any]) -> dict[str, str]:
    """Tables over approved figures by name: twelve months, and the years of the large form."""
    by_month = f"/statistics/figures/?kind={MONTHLY}/firm&first={MONTHS[0]}&last={MONTHS[-1]}"
    one, three = "&item=mb_output", "".join(f"&item={code}" for code in list(MONTHLY_ITEMS)[:3])
    years = f"/statistics/figures/?kind={FIRM_BOOK}/firm&first={there['first']}&last={there['period']}"
    return {
        "one item × zones × 12 months": by_month + one,
        "three items × zones × 12 months": by_month + three,
        "one item × zones × the years": f"{years}&item=qc05_0",
        "one item × districts × 12 months": f"{by_month}{one}&by=district",
        "one item, the year of 12 months": f"{by_month}{one}&over=year",
    }


def entered(firm: str, verb: str) -> str:
    """The page on which a return of the year that is being collected is entered, or where it is saved."""
    return f"/statistics/returns/firm-{NEXT}/of/{firm}/{verb}/"
