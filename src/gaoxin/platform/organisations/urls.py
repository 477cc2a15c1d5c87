"""Addresses of the organisation tree."""

from django.urls import path

from gaoxin.platform.organisations import views

urlpatterns = [
    path("", views.index, name="list"),
    path("<slug:code>/", views.page, name="page"),
    path("<slug:code>/add/", views.add, name="add"),
    path("<slug:code>/rename/", views.rename, name="rename"),
    path("<slug:code>/move/", views.move, name="move"),
    path("<slug:code>/close/", views.close, name="close"),
]
