"""Django's name for this room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "mainstay.jobs"
