"""Rewards, equity, talent, first purchases and equipment: what must hold for anybody, beside the worked cases."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.tree import Constant

YUAN = st.integers(0, 50_000_000)
few = settings(max_examples=50, deadline=None)


@cache
def book() -> Book:
    return load_book("incentives-cn")


def evaluated(entity: str, facts: dict[str, object], *codes: str, period: str = "2024") -> list[Constant]:
    given_ = {"firm": {}, entity: facts} if entity != "firm" else {"firm": facts}
    evaluator = Evaluator(book(), read_facts(book(), given_, period))
    at = At(entity, "1", period_ordinal(period, "year"))
    return [evaluator.figure(code, at).value for code in codes]


CONVERSION = {
    "cv_service_result": True, "cv_agreed": False, "cv_in_shanghai": True, "cv_shanghai_rule": True,
    "cv_started": 2023, "cv_first_profit": 2023,
}  # fmt: skip


@few
@given(
    st.sampled_from(["state", "civil_nonprofit", "enterprise"]),
    st.sampled_from(["transfer", "licence", "investment", "own_use", "joint_use"]),
    st.integers(-50_000_000, 50_000_000),
    YUAN,
)
def test_the_reward_is_half_or_a_twentieth_never_negative_and_more_income_never_gives_less(unit, way, amount, more):
    named = {"transfer": "cv_net_income", "licence": "cv_net_income", "investment": "cv_shares"}.get(
        way, "cv_operating_profit"
    )
    if way == "investment":
        amount = abs(amount)
    facts = {**CONVERSION, "cv_unit": unit, "cv_way": way}
    least, shanghai = evaluated("conversion", {**facts, named: amount}, "cv_reward_amount", "cv_shanghai_70_amount")
    (richer,) = evaluated("conversion", {**facts, named: amount + more}, "cv_reward_amount")
    exploits = way in {"own_use", "joint_use"}
    assert least == max(amount, 0) * (Fraction(5, 100) if exploits else Fraction(1, 2))
    expected = max(amount, 0) * (Fraction(5, 100) if exploits else Fraction(7, 10))
    assert shanghai == (0 if unit == "enterprise" else expected)
    assert richer >= least >= 0


@few
@given(
    st.integers(1, 10_000_000), st.integers(0, 60), st.sampled_from(["state", "civil_nonprofit", "enterprise", "other"])
)
def test_what_enters_the_wages_and_what_does_not_add_up_to_the_reward(reward, months, unit):
    facts = {
        "cr_unit": unit, "cr_reward": reward, "cr_paid_on": "2024-05-20", "cr_months_since_income": months,
        "cr_way": "transfer", "cr_in_scope": True, "cr_public_notice": True, "cr_contract_registered": True,
        "cr_filed": True, "cr_beside_pay": True,
    }  # fmt: skip
    out, taxed = evaluated("person", facts, "cash_reward_half_amount", "cr_in_wages")
    assert out + taxed == reward
    half = months <= 36 and unit in {"state", "civil_nonprofit"}
    assert taxed == (Fraction(reward, 2) if half else reward)


@few
@given(
    st.sampled_from(["option", "restricted", "award"]), st.integers(1, 40), st.integers(0, 5), st.integers(0, 2),
    st.integers(0, 12), YUAN, YUAN, YUAN,
)  # fmt: skip
def test_a_gain_is_deferred_or_taxed_as_wages_and_the_sale_is_taxed_on_the_rest(
    kind, participants, held, after, waited, paid, value, proceeds
):
    facts = {
        "eq_kind": kind, "eq_granted_on": "2018-01-01", "eq_listed": False, "eq_resident": True, "eq_approved": True,
        "eq_own_shares": True, "eq_eligible_person": True, "eq_participants": participants, "eq_staff_six_months": 100,
        "eq_hold_from_grant": held, "eq_hold_from_vesting": after, "eq_years_to_exercise": waited,
        "eq_award_industry_open": True, "eq_paid": paid, "eq_fair_value": value, "eq_proceeds": proceeds,
        "eq_sale_fees": 0,
    }  # fmt: skip
    deferral, deferred, wages, at_sale = evaluated(
        "grant", facts, "eq_deferral", "eq_deferral_amount", "eq_taxed_as_wages", "eq_tax_at_sale"
    )
    cost = 0 if kind == "award" else paid
    gain = max(value - cost, 0)
    assert deferred + wages == gain
    meets = participants <= 30 and held >= 3 and (kind == "award" or after >= 1) and (kind != "option" or waited <= 10)
    assert deferral is meets
    assert deferred == (gain if meets else 0)
    assert at_sale == max(proceeds - (cost if meets else max(value, cost)), 0) * Fraction(1, 5)


@few
@given(st.integers(0, 20_000_000), st.integers(0, 9_000_000), YUAN)
def test_the_subsidy_is_what_exceeds_15_per_cent_and_more_tax_never_gives_less(income, paid, more):
    facts = {"tl_zone": "lingang", "tl_overseas": True, "tl_recognised": True, "tl_taxable_income": income}
    (subsidy,) = evaluated("person", {**facts, "tl_iit_paid": paid}, "tl_subsidy_amount")
    (higher,) = evaluated("person", {**facts, "tl_iit_paid": paid + more}, "tl_subsidy_amount")
    assert subsidy == max(paid - Fraction(15, 100) * income, 0)
    assert 0 <= subsidy <= higher


@few
@given(st.sampled_from(["domestic", "international"]), st.integers(0, 400_000_000))
def test_support_of_a_first_set_stays_below_share_and_cap(level, value):
    facts = {"fs_level": level, "fs_contracts_value": value, "fs_contracts": 2, "fs_contract_months": 5, "fs_term": 2}
    most, least = evaluated("product", facts, "fs_first_set_amount", "fs_least_support", period="2019")
    share, cap = (Fraction(3, 10), 30_000_000) if level == "international" else (Fraction(1, 10), 10_000_000)
    assert most == min(value * share, cap)
    assert 0 <= least <= most


@few
@given(st.integers(18, 60), st.sampled_from([0, 50, 60, 90, 100, 110]), st.sampled_from([0, 15, 30, 60, 100, 140]),
       st.integers(0, 20), st.integers(0, 15), st.integers(0, 15), st.booleans())  # fmt: skip
def test_points_are_at_least_their_lower_end_and_known_where_the_caps_do_not_matter(
    age, education, title, insured, tax, jobs, urgent
):
    facts = {
        "rs_age": age, "rs_points_education": education, "rs_points_title": title, "rs_insured_years": insured,
        "rs_urgent_major": urgent, "rs_tax_tens": tax, "rs_jobs_tens": jobs, "rs_base_ratio_36": 1,
        "rs_triple_24_of_36": False, "rs_fresh_graduate": False, "rs_local_spouse_years": 0, "rs_points_award": 0,
        "rs_suburb_years": 0, "rs_field_years": 0,
    }  # fmt: skip
    points, least, reached = evaluated("person", facts, "rs_points", "rs_points_least", "rs_points_reached")
    others = min(30, 5 + 2 * max(56 - age, 0)) + max(education, title) + 3 * insured + 30 * urgent + 50
    company = 10 * max(tax, jobs)
    assert least == others + min(company, 100)
    assert points == (others + company if company <= 100 else None)
    if company <= 100 or least >= 120:
        assert reached is (least >= 120)
    else:
        assert reached is None


@few
@given(YUAN, YUAN, YUAN, st.booleans(), st.sampled_from(["none", "research", "school"]))
def test_listed_goods_of_a_listed_body_are_free_of_all_three_taxes(duty, vat, consumption, listed, body):
    facts = {
        "im_body": body, "im_body_listed": listed, "im_goods_listed": True, "im_duty": duty, "im_vat": vat,
        "im_consumption_tax": consumption,
    }  # fmt: skip
    (free,) = evaluated("firm", facts, "im_research_imports_amount", period="2025")
    assert free == (duty + vat + consumption if listed and body != "none" else 0)


@pytest.mark.parametrize(
    ("code", "last"),
    [
        ("fs_first_set", "2019"), ("fv_first_version", "2020"), ("fb_first_batch", "2024"), ("fv_jiading", "2025"),
        ("tl_subsidy", "2024"), ("rs_points_reached", "2024"), ("rs_conversion", "2020"), ("cv_rights_pilot", "2025"),
        ("im_research_imports", "2026"), ("he_vat_refund", "2027"), ("tc_registration", "2025"),
    ],
)  # fmt: skip
def test_no_rule_goes_on_after_the_last_year_it_is_confirmed_for(code, last):
    year = int(last)
    rule = book().rule_in
    assert rule(code, year)[0] is not None
    for later in range(year + 1, year + 6):
        assert rule(code, later)[0] is None, (code, later)
