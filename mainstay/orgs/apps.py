"""Django's name for this room."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "mainstay.orgs"
