"""The frame as an app: it has no data of its own."""

from gaoxin.platform.app import PlatformApp
from gaoxin.platform.language import words


class Frame(PlatformApp):
    """Pages at the root of the site."""

    name = "gaoxin.platform.frame"
    verbose_name = words("界面", "frame")
