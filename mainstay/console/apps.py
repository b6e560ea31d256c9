"""Django's name for this room."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "mainstay.console"

    def ready(self) -> None:
        from mainstay.console import sessions

        sessions.listen()
