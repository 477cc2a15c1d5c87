"""Who has jobs: everybody their own."""

from gaoxin.platform.access.permissions import permission
from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import words

OWN = permission("jobs.own", words("查看本人的后台任务", "see one's own jobs"), place=tuple(Role))
