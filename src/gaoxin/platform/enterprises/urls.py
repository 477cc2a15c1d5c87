"""Addresses of the register of firms."""

from django.urls import path

from gaoxin.platform.enterprises import views

urlpatterns = [
    path("", views.index, name="list"),
    path("add/", views.add, name="add"),
    path("import/", views.upload, name="upload"),
    path("import/<uuid:key>/", views.importing, name="import"),
    path("<slug:code>/", views.page, name="page"),
    path("<slug:code>/change/", views.change, name="change"),
    path("<slug:code>/transfer/", views.transfer, name="transfer"),
    path("<slug:code>/certificates/add/", views.add_certificate, name="add-certificate"),
    path("<slug:code>/merge/", views.merge, name="merge"),
]
