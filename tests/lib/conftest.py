"""The desk of the scenarios."""

from tests.scenarios.conftest import desk

__all__ = ["desk"]
