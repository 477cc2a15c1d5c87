"""The register of firms as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Enterprises(PlatformApp):
    """Pages under ``/enterprises/``."""

    name = "gaoxin.platform.enterprises"
    verbose_name = words("企业", "firms")
    prefix = "enterprises"
    areas = (Area(words("企业", "Firms"), "enterprises:list", "enterprises.view", 70),)
