"""Who lets reminders be sent: whoever runs the command on the machine of the site, and nobody else."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.language import words

REMIND = permission("reminders.send", words("发送到期提醒（仅系统命令）", "send reminders (the command only)"))
