"""Addresses of statistics."""

from django.urls import path

from gaoxin.platform.statistics.views import collections, figures, files, returns

COLLECTION = "returns/<slug:code>/"
RETURN = "returns/<slug:collection>/of/<slug:code>/"

urlpatterns = [
    path("returns/", collections.index, name="collections"),
    path("open/", collections.add, name="add"),
    path(COLLECTION, collections.page, name="collection"),
    path(f"{COLLECTION}list/", collections.returns, name="returns"),
    path(f"{COLLECTION}extend/", collections.extend, name="extend"),
    path(f"{COLLECTION}close/", collections.close, name="close"),
    path(f"{COLLECTION}remind/", collections.remind, name="remind"),
    path(f"{COLLECTION}ask/", collections.ask, name="ask"),
    path(f"{COLLECTION}forward-all/", collections.forward_all, name="forward-all"),
    path(f"{COLLECTION}approve-all/", collections.approve_all, name="approve-all"),
    path(f"{COLLECTION}upload/", files.upload, name="upload"),
    path(f"{COLLECTION}table.xlsx", files.table, name="table"),
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
    path("figures/of/<str:where>/<str:period>/", figures.figure, name="figure"),
    path("figures/snapshots/", figures.snapshots, name="snapshots"),
    path("figures/fix/", figures.fix, name="fix"),
]
