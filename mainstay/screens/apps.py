"""Django's name for this room."""

from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "mainstay.screens"

    def ready(self) -> None:
        from mainstay.screens import sessions

        sessions.listen()
