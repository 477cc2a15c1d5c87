"""Who sees and keeps the register of zones."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "zones.view",
    words("查看园区登记", "see the register of zones"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU, Role.EXPERT, Role.PUBLIC),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.AUDITOR, Role.ADMINISTRATOR),
)
CHANGE = permission(
    "zones.change",
    words("维护园区登记", "keep the register of zones"),
    place=(Role.ANALYST, Role.REVIEWER, Role.ADMINISTRATOR),
)
