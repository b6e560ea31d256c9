"""Django's name for this room."""

from django.apps import AppConfig


class PhoneConfig(AppConfig):
    name = "mainstay.phone"
