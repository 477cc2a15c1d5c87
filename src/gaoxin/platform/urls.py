"""All addresses of the site: those of the frame, then each app under its prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from gaoxin.platform.api import api
from gaoxin.platform.app import platform_apps
from gaoxin.platform.frame import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("charts/<str:version>.js", views.charts, name="charts"),
    path("choose/", views.choose, name="choose"),
    path("language/", views.language, name="language"),
    path("healthz", views.healthy, name="healthy"),
    path("readyz", views.ready, name="ready"),
    path("sign-in/", include("allauth.urls")),
    path("api/", api.urls),
    *(
        path(f"{app.prefix}/", include((f"{app.name}.urls", app.label)))
        for app in platform_apps()
        if app.prefix and app.part("urls") is not None
    ),
]

handler400 = "gaoxin.platform.frame.errors.bad_request"
handler403 = "gaoxin.platform.frame.errors.forbidden"
handler404 = "gaoxin.platform.frame.errors.not_found"
handler500 = "gaoxin.platform.frame.errors.failed"
