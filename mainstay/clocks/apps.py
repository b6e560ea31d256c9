"""Django's name for this room."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "mainstay.clocks"
