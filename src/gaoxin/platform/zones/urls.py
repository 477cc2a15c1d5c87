"""Addresses of the register of zones."""

from django.urls import path

from gaoxin.platform.zones import views

urlpatterns = [
    path("", views.index, name="list"),
    path("<slug:code>/", views.page, name="page"),
    path("<slug:code>/keep/", views.keep, name="keep"),
    path("<slug:code>/boundary/", views.boundary, name="boundary"),
    path("<slug:code>/events/add/", views.add_event, name="add-event"),
]
