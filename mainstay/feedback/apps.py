"""Django's name for this room."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "mainstay.feedback"
