"""Figures that follow what is published: filled, superseded, explained; and what asked for an indicator or a zone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from evaluated import SYSTEM, evaluation
from followed import approve_return, assigned
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.queries import history
from gaoxin.platform.evaluations import actions as evaluations
from gaoxin.platform.evaluations import results
from gaoxin.platform.evaluations.models import Evaluation, State
from gaoxin.platform.measures.actions import progress
from gaoxin.platform.measures.models import Figure, Link, Measure
from gaoxin.platform.statistics.actions import fixing
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
SignIn = Callable[[str], Client]
OFFICE, UNIT = "city_analyst", "bureau"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def follow(reader: Readers, measure: Measure, world: World, **asked: Any) -> Figure:
    given = {"origin": "evaluation", "code": f"{SYSTEM}:1.3", "zone": world.organisation("Z1"), **asked}
    return progress.add_figure(
        reader(OFFICE), measure, kind="indicator", start=Decimal(0), target=Decimal(50), **given
    )  # fmt: skip


def raw(run: Evaluation, code: str = "1.3") -> Decimal:
    result = results.result_of(run)
    column = [node.code for node in result.nodes].index(code)
    return Decimal(repr(float(result.raw[results.row_of(result, "Z1"), column]))).quantize(Decimal("0.000001"))


def current(figure: Figure) -> tuple[Decimal | None, datetime.date | None]:
    figure.refresh_from_db()
    return figure.current, figure.as_of


def test_an_indicator_has_the_values_of_every_published_run(world: World, reader: Readers) -> None:
    runs = [evaluation("2024"), evaluation("2025")]
    figure = follow(reader, assigned(reader(OFFICE)), world)
    assert current(figure) == (raw(runs[1]), datetime.date(2025, 12, 31))
    assert [(value.value, value.evaluation) for value in figure.values.all()] == [
        (raw(runs[1]), runs[1]), (raw(runs[0]), runs[0]),
    ]  # fmt: skip
    assert (figure.unit, figure.heard) == ("%", timezone.localdate())
    assert "第一园区" in figure.name
    assert [(link.kind, link.code) for link in figure.measure.links.all()] == [
        ("indicator", "national-2021:1.3"), ("zone", "Z1"),
    ]  # fmt: skip


def test_an_indicator_follows_publication_and_retraction(world: World, reader: Readers) -> None:
    earlier = evaluation("2024")
    figure = follow(reader, assigned(reader(OFFICE)), world)
    assert current(figure)[0] == raw(earlier)
    later = evaluation("2025", State.REVIEWED)
    evaluations.step(reader("city_leader"), later, "publish")
    assert current(figure) == (raw(later), datetime.date(2025, 12, 31))
    evaluations.step(reader("city_leader"), later, "retract", reason="口径有误")
    assert current(figure) == (raw(earlier), datetime.date(2024, 12, 31))
    assert [value.superseded for value in figure.values.all()] == [True, False]
    said = [entry.action for entry in history(figure)]
    assert said.count("measures.value") == 3


def test_what_is_not_published_is_not_taken(world: World, reader: Readers) -> None:
    evaluation("2025", State.REVIEWED)
    figure = follow(reader, assigned(reader(OFFICE)), world)
    assert current(figure) == (None, None)
    assert figure.heard is None


def test_an_item_is_added_up_over_the_city_or_a_zone_and_follows_each_snapshot(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    measure, by = assigned(reader(OFFICE)), reader(OFFICE)
    item = {"origin": "snapshot", "code": "zone-return-2021:gx_new_firms"}
    whole, zone = follow(reader, measure, world, zone=None, **item), follow(reader, measure, world, **item)
    approve_return("Z1", {"gx_new_firms": "5"})
    first = fixing.fix(by, world.organisation("CITY"), "2025")
    assert [current(figure)[0] for figure in (whole, zone)] == [5, 5]
    approve_return("Z2", {"gx_new_firms": "7"})
    second = fixing.fix(by, world.organisation("CITY"), "2025", reason="补报")
    assert [current(figure)[0] for figure in (whole, zone)] == [12, 5]
    assert [(value.snapshot, value.superseded) for value in whole.values.all()] == [(second, False), (first, True)]
    assert whole.name == "全市 当年新注册企业数"
    page = signed_in(UNIT).get(f"/measures/{measure.code}/").content.decode()
    addresses = re.findall(r'href="(/statistics/figures/of/[^"]+)"', page)
    assert len(addresses) == 2
    for address, value in zip(addresses, ("12", "5"), strict=True):
        behind = signed_in(UNIT).get(address.replace("&amp;", "&")).content.decode()
        assert f'<dd class="big">{value}' in behind, address
        assert f'href="/measures/{measure.code}/"' in behind, address
    assert measure.links.filter(kind="item", code="zone-return-2021:gx_new_firms").exists()


def test_a_sum_over_very_few_firms_is_not_taken(world: World, reader: Readers) -> None:
    approve_return("F1", {"qc05_0": "1234"}, book="torch-enterprise-2022", entity="firm")
    fixing.fix(reader(OFFICE), world.organisation("CITY"), "2025")
    figure = follow(
        reader, assigned(reader(OFFICE)), world, origin="snapshot", code="torch-enterprise-2022:qc05_0", zone=None
    )
    assert current(figure) == (None, None)


@pytest.mark.parametrize(("asked", "rule", "said"), [
    ({"code": "1.3"}, "measures.no-code", "1.3"),
    ({"code": "national-2021:9.9"}, "measures.no-code", "national-2021:"),
    ({"zone": None}, "measures.zone", "园区"),
    ({"zone": "B1"}, "measures.no-zone", "第一局"),
    ({"origin": "snapshot", "code": "zone-return-2021:gx_new_firm"}, "measures.no-code", "gx_new_firms"),
    ({"origin": "snapshot", "code": "no-book:x"}, "measures.no-code", "规则书"),
    ({"origin": "snapshot", "code": "zone-return-2021:gx_green_ratio", "zone": None}, "measures.not-added", "相加"),
    ({"zone": "P1"}, "measures.no-zone", "第一分园"),
    ({"origin": "hand"}, "measures.hand", "人工录入"),
    ({"origin": "else"}, "measures.origin", "来源"),
])  # fmt: skip
def test_what_cannot_be_followed_is_refused_with_what_there_is(
    asked: dict[str, Any], rule: str, said: str, world: World, reader: Readers
) -> None:
    if isinstance(asked.get("zone"), str):
        asked = {**asked, "zone": world.organisation(asked["zone"])}
    measure = assigned(reader(OFFICE))
    with pytest.raises(InputError) as refused:
        follow(reader, measure, world, **asked)
    (problem,) = refused.value.problems
    assert problem.rule == rule
    assert said in problem.message.zh + problem.remedy.zh
    assert not Figure.objects.exists()
    assert not Link.objects.exists()


def test_nobody_types_the_values_of_a_figure_that_follows(world: World, reader: Readers) -> None:
    evaluation("2025")
    figure = follow(reader, assigned(reader(OFFICE)), world)
    with pytest.raises(InputError) as refused:
        progress.set_value(reader(OFFICE), figure, value=Decimal(1), as_of=timezone.localdate(), source="x")
    assert refused.value.problems[0].rule == "measures.follows"
    with pytest.raises(InputError) as refused:
        progress.propose_correction(reader(UNIT), figure, value=Decimal(1), as_of=timezone.localdate(), reason="漏计")
    assert "更正报表" in refused.value.problems[0].remedy.zh


@pytest.mark.parametrize(("kind", "code", "said"), [
    ("incentive", "研发加计扣除", "rd_super_deduction"), ("incentive", "rd_super", "rd_super_deduction"),
    ("indicator", "1.3", "national-2021:1.3"), ("zone", "B1", "B1"),
])  # fmt: skip
def test_a_link_leads_to_something_that_is_there(
    kind: str, code: str, said: str, world: World, reader: Readers
) -> None:
    measure = assigned(reader(OFFICE))
    with pytest.raises(InputError) as refused:
        progress.link(reader(OFFICE), measure, kind=kind, code=code)
    (problem,) = refused.value.problems
    assert said in problem.message.zh + problem.remedy.zh
    assert not measure.links.exists()


def test_a_figure_leads_to_its_derivation_and_the_derivation_to_the_clause(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    run = evaluation("2025")
    measure = assigned(reader(OFFICE))
    follow(reader, measure, world)
    address = f"/evaluations/{run.pk}/zones/Z1/1.3/"
    page = signed_in(UNIT).get(f"/measures/{measure.code}/").content.decode()
    assert f'href="{address}"' in page
    assert "录入数值" not in signed_in(OFFICE).get(f"/measures/{measure.code}/").content.decode()
    for place in (address, "/zones/Z1/"):
        answer = signed_in(UNIT).get(place)
        assert f'href="/measures/{measure.code}/"' in answer.content.decode(), place
        assert "哪些条款提出了要求" in answer.content.decode()
    # Who has no part in it sees the zone, and not the measure.
    assert measure.text not in signed_in("district").get("/zones/Z1/").content.decode()
    assert measure.text not in signed_in("park_operator").get("/zones/P1/").content.decode()


def test_an_indicator_is_chosen_from_a_list_and_what_is_wrong_stands_there(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    evaluation("2025")
    measure = assigned(reader(OFFICE))
    address = f"/measures/{measure.code}/figures/"
    office = signed_in(OFFICE)
    assert "national-2021:1.3" in office.get(address).content.decode()
    asked = {"kind": "indicator", "origin": "evaluation", "start": "0", "target": "50", "weight": "1"}
    answer = office.post(address, asked)
    assert answer.status_code == 422
    answer = office.post(address, {**asked, "indicator": "national-2021:1.3"})
    assert "请选择园区" in answer.content.decode()
    answer = office.post(address, {**asked, "indicator": "national-2021:1.3", "zone": "Z1"})
    assert answer.status_code == 302
    assert Figure.objects.get().current is not None
