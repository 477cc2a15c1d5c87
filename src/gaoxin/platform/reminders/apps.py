"""Reminders as an app; they are sent by ``gaoxin platform remind``."""

from gaoxin.platform.app import PlatformApp
from gaoxin.platform.language import words


class Reminders(PlatformApp):
    """No pages of its own."""

    name = "gaoxin.platform.reminders"
    verbose_name = words("提醒", "reminders")
