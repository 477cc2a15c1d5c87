"""Addresses of dynamic adjustment."""

from django.urls import path

from gaoxin.platform.adjustments import views
from gaoxin.platform.adjustments.procedure import STEPS

urlpatterns = [
    path("", views.index, name="list"),
    path("propose/", views.propose, name="propose"),
    path("proposals/<int:number>/", views.proposals, name="proposals"),
    path("events/", views.events, name="events"),
    path("zones/<slug:code>/", views.zone, name="zone"),
    path("<int:number>/", views.page, name="page"),
    *(path(f"<int:number>/{name}/", views.take, {"name": name}, name=name) for name in STEPS),
    path("<int:number>/undo/", views.undo, name="undo"),
    path("<int:number>/letters/<int:key>/", views.letter, name="letter"),
]
