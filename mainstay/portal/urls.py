"""The portal's addresses. Every route is wrapped by `access.door` or `access.public`, and the table test has a row."""

from __future__ import annotations

from django.urls import path

from mainstay.portal.views import home

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
]
