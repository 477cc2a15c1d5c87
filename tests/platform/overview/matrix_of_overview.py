"""Who gets in at the overview."""

from matrix import Row

from gaoxin.platform.access.roles import Role

SEE = (
    Role.ANALYST, Role.LEADER, Role.BUREAU, Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.AUDITOR,
)  # fmt: skip

ROWS = [Row("overview:page", city=SEE)]
