"""Django's name for this room."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "mainstay.knowledge"
