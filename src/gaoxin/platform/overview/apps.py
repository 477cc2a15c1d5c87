"""The overview as an app: it has no data of its own."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Overview(PlatformApp):
    """The page under ``/overview/``."""

    name = "gaoxin.platform.overview"
    verbose_name = words("总览", "overview")
    prefix = "overview"
    areas = (Area(words("总览", "Overview"), "overview:page", "overview.view", 10),)
