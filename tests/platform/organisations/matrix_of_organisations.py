"""Who gets in at the pages and the API of the organisation tree."""

from matrix import Row, code

from gaoxin.platform.access.roles import Role

SEE = {
    "city": (Role.ANALYST, Role.LEADER, Role.BUREAU, Role.EXPERT),
    "place": (Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.FIRM, Role.AUDITOR, Role.ADMINISTRATOR),
}
CHANGE = {"city": (Role.ANALYST,), "place": (Role.ADMINISTRATOR,)}
"""The analyst's place is the whole city."""

ROWS = [
    Row("organisations:list", **SEE),
    Row("organisations:list", query="?format=xlsx", **SEE),
    Row("organisations:page", arguments=code, **SEE),
    *(
        Row(f"organisations:{page}", verb, arguments=code, **CHANGE)
        for page in ("add", "rename", "move", "close")
        for verb in ("GET", "POST")
    ),
    Row("api:organisations", **SEE),
    Row("api:organisation", arguments=code, **SEE),
    Row("api:organisation", "PATCH", arguments=code, data={"name": "新名", "reason": "test"}, **CHANGE),
    Row("api:organisation-add", "POST", arguments=code, **CHANGE, data={"kind": "park", "code": "P9", "name": "分园"}),
]
