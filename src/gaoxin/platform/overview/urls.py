"""The address of the overview."""

from django.urls import path

from gaoxin.platform.overview import views

urlpatterns = [path("", views.page, name="page")]
