"""Statistics as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Statistics(PlatformApp):
    """Pages under ``/statistics/``."""

    name = "gaoxin.platform.statistics"
    verbose_name = words("统计", "statistics")
    prefix = "statistics"
    areas = (
        Area(words("报表", "Returns"), "statistics:collections", "returns.view", 20),
        Area(words("数据", "Figures"), "statistics:figures", "figures.view", 30),
    )
