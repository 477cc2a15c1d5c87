"""Who sees and keeps the register of firms."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "enterprises.view",
    words("查看企业登记", "see the register of firms"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU),
    place=(
        Role.DISTRICT,
        Role.REPORTER,
        Role.REVIEWER,
        Role.PARK,
        Role.FIRM,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ),
)
CHANGE = permission(
    "enterprises.change",
    words("维护、导入企业登记", "keep and import the register of firms"),
    place=(Role.ANALYST, Role.REPORTER, Role.PARK, Role.ADMINISTRATOR),
)
MERGE = permission(
    "enterprises.merge",
    words("合并重复企业", "merge duplicate firms"),
    place=(Role.ANALYST, Role.ADMINISTRATOR),
)
