"""The roles of the people who work with the platform, and where each can be held."""

from __future__ import annotations

from django.db.models import TextChoices

from gaoxin.platform.language import words


class Kind(TextChoices):
    """What an organisation is."""

    CITY = "city", words("市", "city")
    BUREAU = "bureau", words("委办局", "bureau")
    DISTRICT = "district", words("区", "district")
    ZONE = "zone", words("园区", "zone")
    PARK = "park", words("分园", "park")
    FIRM = "firm", words("企业", "firm")


class Role(TextChoices):
    """What a person is at a place. One person may be several things at several places."""

    ANALYST = "city_analyst", words("市级分析员", "city analyst")
    LEADER = "city_leader", words("市级领导", "city leader")
    BUREAU = "bureau", words("责任部门", "responsible bureau")
    DISTRICT = "district", words("区级主管", "district")
    REPORTER = "zone_reporter", words("园区填报员", "zone reporter")
    REVIEWER = "zone_reviewer", words("园区审核员", "zone reviewer")
    PARK = "park_operator", words("分园运营方", "park operator")
    FIRM = "firm", words("企业", "firm")
    EXPERT = "expert", words("专家", "expert")
    AUDITOR = "auditor", words("审计员", "auditor")
    ADMINISTRATOR = "administrator", words("管理员", "administrator")
    PUBLIC = "public", words("公众读者", "public reader")


PLACES: dict[Role, frozenset[Kind]] = {
    Role.ANALYST: frozenset({Kind.CITY}),
    Role.LEADER: frozenset({Kind.CITY}),
    Role.BUREAU: frozenset({Kind.BUREAU}),
    Role.DISTRICT: frozenset({Kind.DISTRICT}),
    Role.REPORTER: frozenset({Kind.ZONE}),
    Role.REVIEWER: frozenset({Kind.ZONE}),
    Role.PARK: frozenset({Kind.PARK}),
    Role.FIRM: frozenset({Kind.FIRM}),
    Role.EXPERT: frozenset({Kind.CITY}),
    Role.AUDITOR: frozenset({Kind.CITY, Kind.DISTRICT, Kind.ZONE}),
    Role.ADMINISTRATOR: frozenset({Kind.CITY, Kind.BUREAU, Kind.DISTRICT, Kind.ZONE, Kind.PARK, Kind.FIRM}),
    Role.PUBLIC: frozenset({Kind.CITY}),
}
"""At which kinds of organisation a role can be held."""

INSIDE: dict[Kind, frozenset[Kind]] = {
    Kind.CITY: frozenset(),
    Kind.BUREAU: frozenset({Kind.CITY, Kind.BUREAU}),
    Kind.DISTRICT: frozenset({Kind.CITY}),
    Kind.ZONE: frozenset({Kind.CITY, Kind.DISTRICT}),
    Kind.PARK: frozenset({Kind.ZONE, Kind.PARK}),
    Kind.FIRM: frozenset({Kind.CITY, Kind.DISTRICT, Kind.ZONE, Kind.PARK}),
}
"""In which kinds of organisation each kind can stand; the city stands in none and there is one."""
