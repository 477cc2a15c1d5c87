"""Who sees and changes the organisation tree."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "organisations.view",
    words("查看机构", "see organisations"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU, Role.EXPERT),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.FIRM, Role.AUDITOR, Role.ADMINISTRATOR),
)
CHANGE = permission(
    "organisations.change",
    words("新增、更名、移动、关闭机构", "add, rename, move and close organisations"),
    place=(Role.ANALYST, Role.ADMINISTRATOR),
)
