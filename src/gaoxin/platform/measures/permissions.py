"""Who registers notices, assigns, reports on, judges and sees measures.

Supervising belongs to the city office; a unit sees the measures it leads or co-operates in, and reports on those it
leads.
"""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "measures.view",
    words("查看督办事项", "see measures"),
    city=(Role.ANALYST, Role.LEADER),
    place=(Role.BUREAU, Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.AUDITOR),
)
SUPERVISE = permission(
    "measures.supervise",
    words("立项、分解、交办、审核、办结、催办", "register, split, assign, review, close and urge measures"),
    city=(Role.ANALYST,),
)
JUDGE = permission(
    "measures.judge", words("评定进展（亮灯）", "judge progress by a light"), city=(Role.ANALYST, Role.LEADER)
)
CARRY = permission(
    "measures.carry",
    words("签收、办理、反馈", "sign for, act on and report on measures"),
    place=(Role.BUREAU, Role.DISTRICT, Role.REVIEWER),
)
