"""What makes an entry of the register acceptable; the same for a form, an import and a call of the API."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from gaoxin.industries import industry_fault
from gaoxin.platform.enterprises.models import Status
from gaoxin.platform.refusals import problem
from gaoxin.platform.regions import region_fault
from gaoxin.problems import Problem
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class FirmValues:
    """What the register says of a firm besides its place; blank text and None are unknown."""

    name: str
    name_en: str = ""
    industry: str = ""
    region: str = ""
    founded: datetime.date | None = None
    status: Status = Status.OPERATING

    def problems(self, today: datetime.date) -> list[Problem]:
        """Everything that is wrong, each at its field."""
        found = []
        if not self.name:
            found.append(problem("firms.name", "name", Text("请填写企业名称", "the name is missing")))
        if self.industry and (fault := industry_fault(self.industry)):
            found.append(problem("firms.industry", "industry", fault))
        if self.region and (fault := region_fault(self.region)):
            found.append(problem("firms.region", "region", fault))
        if self.founded and self.founded > today:
            text = Text(f"成立日期 {self.founded} 在将来", f"founded {self.founded}, which is in the future")
            found.append(problem("firms.founded", "founded", text))
        return found


def credit_code_fault(code: str) -> Text | None:
    """What is wrong with a unified social credit code (统一社会信用代码), or None.

    >>> credit_code_fault("91110000600037341L") is None, str(credit_code_fault("911100006000373411"))
    (True, '统一社会信用代码 911100006000373411 的校验码不对')
    """
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", code):
        return Text(
            f"统一社会信用代码 {code or '（空）'} 应为 18 位大写字母和数字，不含 I、O、S、V、Z",
            f"the credit code {code or '(blank)'} must have 18 capital letters and digits, without I, O, S, V, Z",
        )
    try:
        uscc.validate(code)
    except ValidationError:
        return Text(f"统一社会信用代码 {code} 的校验码不对", f"the check character of the credit code {code} is wrong")
    return None
