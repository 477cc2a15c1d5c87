"""Who sees the overview. Each part of it asks for the permission of the app it comes from, too."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "overview.view",
    words("查看总览", "see the overview"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.AUDITOR),
)
