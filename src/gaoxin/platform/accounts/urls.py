"""Addresses of accounts."""

from django.urls import path

from gaoxin.platform.accounts import views

urlpatterns = [
    path("", views.index, name="list"),
    path("add/", views.add, name="add"),
    path("roles/", views.roles, name="roles"),
    path("own/", views.own, name="own"),
    path("own/tokens/<int:key>/revoke/", views.revoke_token, name="revoke-token"),
    path("<int:key>/", views.page, name="page"),
    path("<int:key>/grant/", views.grant, name="grant"),
    path("<int:key>/active/", views.active, name="active"),
    path("<int:key>/password/", views.password, name="password"),
    path("assignments/<int:key>/revoke/", views.revoke, name="revoke"),
]
