"""The addresses of surveys, mounted at `/survey/`: for whoever has the link, signed in or not."""

from __future__ import annotations

from django.urls import path

from mainstay.portal.views import surveys

app_name = "survey"

urlpatterns = [
    path("<str:token>/", surveys.survey, name="survey"),
]
