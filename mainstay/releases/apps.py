"""Django's name for this room."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "mainstay.releases"
