"""The audit as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Audit(PlatformApp):
    """Pages under ``/audit/``."""

    name = "gaoxin.platform.audit"
    verbose_name = words("审计", "audit")
    prefix = "audit"
    areas = (Area(words("审计日志", "Audit"), "audit:list", "audit.view", 95),)
