"""Following up as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Measures(PlatformApp):
    """Pages under ``/measures/``."""

    name = "gaoxin.platform.measures"
    verbose_name = words("督办", "measures")
    prefix = "measures"
    areas = (Area(words("督办", "Measures"), "measures:list", "measures.view", 60),)

    def ready(self) -> None:
        """Figures of measures follow what is published and fixed."""
        super().ready()
        from gaoxin.platform.evaluations import actions as evaluations  # noqa: PLC0415  needs the models
        from gaoxin.platform.measures.actions.filling import after_fixing, after_run  # noqa: PLC0415  likewise
        from gaoxin.platform.statistics.actions import fixing  # noqa: PLC0415  likewise

        evaluations.FOLLOWING.append(after_run)
        fixing.FOLLOWING.append(after_fixing)
