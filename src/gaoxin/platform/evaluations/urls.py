"""Addresses of evaluations."""

from django.urls import path, re_path

from gaoxin.platform.evaluations import scoring, views
from gaoxin.platform.evaluations.models import STEPS

_NODE = r"(?P<node>[\w.\-]{1,80})"
_ZONE = r"^(?P<number>[0-9]{1,9})/zones/(?P<code>[\w\-]{1,40})/"

urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("rounds/", scoring.rounds, name="rounds"),
    path("rounds/new/", scoring.new_round, name="new-round"),
    path("rounds/<int:number>/", scoring.sheet, name="round"),
    path("rounds/<int:number>/close/", scoring.close, name="close-round"),
    path("<int:number>/", views.page, name="page"),
    *(path(f"<int:number>/{name}/", views.step, {"name": name}, name=name) for name in STEPS),
    path("<int:number>/again/", views.again, name="again"),
    path("<int:number>/compare/<int:other>/", views.compare, name="compare"),
    path("<int:number>/download/<slug:what>/", views.download, name="download"),
    re_path(_ZONE + "$", views.zone, name="zone"),
    re_path(_ZONE + "what-it-takes/$", views.reach, name="reach"),
    re_path(_ZONE + _NODE + "/$", views.derivation, name="derivation"),
]
