"""Who collects, reports, reviews, approves, and reads approved figures."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "returns.view",
    words("查看报表", "see returns"),
    city=(Role.ANALYST, Role.LEADER),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.FIRM, Role.AUDITOR),
)
ENTER = permission("returns.enter", words("填报和提交", "enter and submit returns"), place=(Role.REPORTER, Role.FIRM))
REVIEW = permission("returns.review", words("园区审核", "review for the zone"), place=(Role.REVIEWER,))
APPROVE = permission("returns.approve", words("市级批准", "approve for the city"), city=(Role.ANALYST,))
COLLECT = permission(
    "returns.collect", words("布置、催报、延期、关闭采集", "open, remind, extend and close collections"),
    city=(Role.ANALYST,),
)  # fmt: skip
FIGURES = permission(
    "figures.view",
    words("查看批准后的汇总数据", "see totals of approved figures"),
    city=(Role.ANALYST, Role.LEADER, Role.BUREAU, Role.EXPERT),
    place=(Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.AUDITOR),
)
SMALL = permission(
    "figures.small",
    words("查看少数单位的汇总数", "see totals over very few reporters"),
    city=(Role.ANALYST,),
    place=(Role.REPORTER, Role.REVIEWER),
)
FIX = permission("figures.fix", words("固定数据快照", "fix snapshots of approved figures"), city=(Role.ANALYST,))
SNAPSHOTS = permission(
    "figures.snapshots", words("读取数据快照", "read snapshots of approved figures"), city=(Role.ANALYST, Role.LEADER)
)
