"""Following up as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Measures(PlatformApp):
    """Pages under ``/measures/``."""

    name = "gaoxin.platform.measures"
    verbose_name = words("督办", "measures")
    prefix = "measures"
    areas = (Area(words("督办", "Measures"), "measures:list", "measures.view", 60),)
