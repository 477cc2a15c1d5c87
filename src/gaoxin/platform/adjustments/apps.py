"""Dynamic adjustment as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Adjustments(PlatformApp):
    """Pages under ``/adjustments/``."""

    name = "gaoxin.platform.adjustments"
    verbose_name = words("动态调整", "dynamic adjustment")
    prefix = "adjustments"
    areas = (Area(words("动态调整", "Dynamic adjustment"), "adjustments:list", "adjustments.view", 60),)
