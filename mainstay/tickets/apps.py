"""Django's name for this room."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "mainstay.tickets"
