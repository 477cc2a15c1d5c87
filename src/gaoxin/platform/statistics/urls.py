"""Addresses of statistics."""

from django.urls import path

from gaoxin.platform.statistics.views import collections, figures, files, returns

RETURN = "returns/<slug:collection>/<slug:code>/"

urlpatterns = [
    path("", collections.index, name="collections"),
    path("collections/add/", collections.add, name="add"),
    path("collections/<slug:code>/", collections.page, name="collection"),
    path("collections/<slug:code>/returns/", collections.returns, name="returns"),
    path("collections/<slug:code>/extend/", collections.extend, name="extend"),
    path("collections/<slug:code>/close/", collections.close, name="close"),
    path("collections/<slug:code>/remind/", collections.remind, name="remind"),
    path("collections/<slug:code>/ask/", collections.ask, name="ask"),
    path("collections/<slug:code>/forward-all/", collections.forward_all, name="forward-all"),
    path("collections/<slug:code>/approve-all/", collections.approve_all, name="approve-all"),
    path("collections/<slug:code>/upload/", files.upload, name="upload"),
    path("collections/<slug:code>/table.xlsx", files.table, name="table"),
    path("imports/<uuid:key>/", files.imported, name="import"),
    path(RETURN, returns.page, name="return"),
    path(f"{RETURN}enter/", returns.enter, name="enter"),
    path(f"{RETURN}save/", returns.save, name="save"),
    path(f"{RETURN}explain/", returns.explain, name="explain"),
    path(f"{RETURN}submit/", returns.submit, name="submit"),
    path(f"{RETURN}review/", returns.review, name="review"),
    path(f"{RETURN}forward/", returns.forward, name="forward"),
    path(f"{RETURN}approve/", returns.approve, name="approve"),
    path(f"{RETURN}correct/", returns.correct, name="correct"),
    path(f"{RETURN}template.xlsx", files.template, name="template"),
    path(f"{RETURN}fill/", files.fill, name="fill"),
    path("figures/", figures.index, name="figures"),
    path("figures/chart.svg", figures.chart, name="chart"),
    path("figures/snapshots/", figures.snapshots, name="snapshots"),
    path("figures/fix/", figures.fix, name="fix"),
]
