"""Django's name for this room."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "mainstay.escalation"
