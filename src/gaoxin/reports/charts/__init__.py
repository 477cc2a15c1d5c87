"""The charts of a run, declared in Altair: each says its finding, its measure and its source."""

from gaoxin.reports.charts.contributions import stacked, steps
from gaoxin.reports.charts.look import Chart
from gaoxin.reports.charts.map import located
from gaoxin.reports.charts.peers import profile
from gaoxin.reports.charts.standing import ranking
from gaoxin.reports.charts.system import correlation, weights
from gaoxin.reports.charts.trust import dominance, sensitivity
from gaoxin.reports.charts.years import slopes

__all__ = [
    "Chart",
    "correlation",
    "dominance",
    "located",
    "profile",
    "ranking",
    "sensitivity",
    "slopes",
    "stacked",
    "steps",
    "weights",
]
