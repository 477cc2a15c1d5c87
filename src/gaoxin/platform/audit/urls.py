"""Addresses of the audit."""

from django.urls import path

from gaoxin.platform.audit import views

urlpatterns = [path("", views.index, name="list"), path("<int:sequence>/", views.page, name="page")]
