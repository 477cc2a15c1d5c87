"""Dynamic adjustment as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Adjustments(PlatformApp):
    """Pages under ``/adjustments/``."""

    name = "gaoxin.platform.adjustments"
    verbose_name = words("动态调整", "dynamic adjustment")
    prefix = "adjustments"
    areas = (Area(words("动态调整", "Dynamic adjustment"), "adjustments:list", "adjustments.view", 60),)

    def ready(self) -> None:
        """An evaluation on which open cases rest is not retracted."""
        super().ready()
        from gaoxin.platform.adjustments.queries import resting_on  # noqa: PLC0415  needs the models
        from gaoxin.platform.evaluations.actions import RESTING  # noqa: PLC0415

        RESTING.append(resting_on)
