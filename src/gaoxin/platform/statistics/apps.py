"""Statistics as an app."""

from gaoxin.platform.app import PlatformApp
from gaoxin.platform.language import words


class Statistics(PlatformApp):
    """Pages under ``/statistics/``."""

    name = "gaoxin.platform.statistics"
    verbose_name = words("统计", "statistics")
    prefix = "statistics"
