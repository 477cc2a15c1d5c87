"""Who proposes, notifies, states, decides, and sees what of it."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "adjustments.view",
    words("查看动态调整", "see cases of dynamic adjustment"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.AUDITOR),
)
PROPOSALS = permission(
    "adjustments.proposals", words("查看尚未告知的建议", "see proposals before the zone is notified"),
    city=(Role.ANALYST, Role.LEADER),
)  # fmt: skip
PROPOSE = permission(
    "adjustments.propose", words("套用规则、登记事项", "apply the rules, record events"), city=(Role.ANALYST,)
)
HANDLE = permission("adjustments.handle", words("告知、验收", "notify, accept rectifications"), city=(Role.ANALYST,))
DECIDE = permission("adjustments.decide", words("作出决定", "decide"), city=(Role.LEADER,))
ANSWER = permission(
    "adjustments.answer",
    words("陈述意见、报整改方案和进展", "state one's view, report plan and progress"),
    place=(Role.REVIEWER,),
)
