"""Who reads the audit."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

VIEW = permission("audit.view", words("查看审计日志", "read the audit"), place=(Role.AUDITOR, Role.ADMINISTRATOR))
