"""Evaluations as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Evaluations(PlatformApp):
    """Pages under ``/evaluations/``."""

    name = "gaoxin.platform.evaluations"
    verbose_name = words("评价", "evaluations")
    prefix = "evaluations"
    areas = (
        Area(words("评价", "Evaluations"), "evaluations:list", "evaluations.view", 50),
        Area(words("专家评分", "Expert scores"), "evaluations:rounds", "evaluations.score", 55),
    )
