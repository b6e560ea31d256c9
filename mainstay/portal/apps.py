"""Django's name for this room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mainstay.portal"
