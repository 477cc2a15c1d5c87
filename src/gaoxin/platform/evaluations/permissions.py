"""Who evaluates, reviews, publishes, scores, and sees what of it."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "evaluations.view",
    words("查看已发布的评价（本处园区的明细）", "see published evaluations, in detail those of one's zones"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.AUDITOR),
)
WHOLE = permission(
    "evaluations.whole",
    words("下载和比较整个评价", "download and compare whole evaluations"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU),
)
DRAFTS = permission(
    "evaluations.drafts", words("查看未发布的评价", "see evaluations before they are published"),
    city=(Role.ANALYST, Role.LEADER),
)  # fmt: skip
RUN = permission("evaluations.run", words("进行评价、布置专家评分", "evaluate, ask experts"), city=(Role.ANALYST,))
REVIEW = permission("evaluations.review", words("复核评价", "review evaluations"), city=(Role.ANALYST, Role.LEADER))
PUBLISH = permission("evaluations.publish", words("发布和撤回评价", "publish and retract"), city=(Role.LEADER,))
SCORE = permission("evaluations.score", words("专家评分", "score as an expert"), city=(Role.EXPERT, Role.ANALYST))
