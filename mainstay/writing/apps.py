"""Django's name for this room."""

from django.apps import AppConfig


class WritingConfig(AppConfig):
    name = "mainstay.writing"
