"""Addresses of following up."""

from django.urls import path

from gaoxin.platform.measures.acts import BY
from gaoxin.platform.measures.views import following, notices, overview

urlpatterns = [
    path("", overview.index, name="list"),
    path("units/", overview.units, name="units"),
    path("units/<slug:code>/", overview.unit, name="unit"),
    path("links/<slug:kind>/<str:code>/", overview.linked, name="linked"),
    path("notices/", notices.index, name="notices"),
    path("notices/add/", notices.receive, name="receive"),
    path("notices/<slug:code>/", notices.page, name="notice"),
    path("notices/<slug:code>/units/<int:key>/", notices.decide_unit, name="decide-unit"),
    path("notices/<slug:code>/register/", notices.register, name="register"),
    path("notices/<slug:code>/discard/", notices.discard, name="discard"),
    path("notices/<slug:code>/matrix/", overview.matrix, name="matrix"),
    path("notices/<slug:code>/report/", overview.report, name="report"),
    path("notices/<slug:code>/remind/", notices.remind, name="remind"),
    path("notices/<slug:code>/clauses/<int:position>/", notices.clause, name="clause"),
    path("notices/<slug:code>/clauses/<int:position>/split/", notices.split, name="split"),
    path("notices/<slug:code>/clauses/<int:position>/assign/", notices.assign, name="assign-clause"),
    path("<slug:code>/", following.page, name="page"),
    *(path(f"<slug:code>/{by}/<slug:name>/", following.act, {"by": by}, name=f"act-{by}") for by in BY),
    path("<slug:code>/figures/", following.add_figure, name="add-figure"),
    path("<slug:code>/figures/<int:key>/value/", following.set_value, name="set-value"),
    path("<slug:code>/figures/<int:key>/correction/", following.correct, name="correct"),
    path("<slug:code>/figures/<int:key>/end/", following.end_figure, name="end-figure"),
    path("<slug:code>/requests/<int:key>/", following.decide, name="decide"),
]
