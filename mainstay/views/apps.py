"""Registers the room with Django."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    name = "mainstay.views"
