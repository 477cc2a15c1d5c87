"""Who sees and changes accounts, and who may have tokens."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission(
    "accounts.view",
    words("查看账号与角色", "see accounts and roles"),
    place=(Role.ADMINISTRATOR, Role.AUDITOR),
)
CHANGE = permission(
    "accounts.change",
    words("新增、停用账号，授予、收回角色", "add and disable accounts, grant and revoke roles"),
    place=(Role.ADMINISTRATOR,),
)
TOKENS = permission(
    "accounts.tokens",
    words("管理本人的接口令牌", "have tokens for the API"),
    place=tuple(role for role in Role if role is not Role.PUBLIC),
)
