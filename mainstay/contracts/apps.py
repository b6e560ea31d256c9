"""Django's name for this room."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "mainstay.contracts"
