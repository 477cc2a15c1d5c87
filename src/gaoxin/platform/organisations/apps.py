"""The organisation tree as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Organisations(PlatformApp):
    """Pages under ``/organisations/``."""

    name = "gaoxin.platform.organisations"
    verbose_name = words("机构", "organisations")
    prefix = "organisations"
    areas = (Area(words("机构", "Organisations"), "organisations:list", "organisations.view", 80),)
