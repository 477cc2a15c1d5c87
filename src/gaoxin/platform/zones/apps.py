"""The register of zones as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Zones(PlatformApp):
    """Pages under ``/zones/``."""

    name = "gaoxin.platform.zones"
    verbose_name = words("园区", "zones")
    prefix = "zones"
    areas = (Area(words("园区", "Zones"), "zones:list", "zones.view", 60),)
