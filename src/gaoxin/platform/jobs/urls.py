"""Addresses of jobs."""

from django.urls import path

from gaoxin.platform.jobs import views

urlpatterns = [path("", views.index, name="list"), path("<uuid:key>/", views.page, name="page")]
