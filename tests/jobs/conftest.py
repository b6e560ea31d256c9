"""Fixtures of the queue's tests: handlers that end with the test, and a database for several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mainstay.jobs import duties, handlers, lanes

from .scratch import Scratch, scratch_database

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the product registers: these tests register what they need."""
    monkeypatch.setattr(handlers, "_handlers", {})
    monkeypatch.setattr(duties, "_duties", {})
    monkeypatch.setattr(lanes, "_lanes", {lanes.DEFAULT: [], lanes.DUTIES: []})


@pytest.fixture
def handle() -> Iterator[Callable[..., None]]:
    """Register a handler for the length of the test."""
    kinds = []

    def register(kind: str, handler: Any, **how: Any) -> None:
        kinds.append(kind)
        handlers.register(kind, handler, **how)

    yield register
    for kind in kinds:
        handlers.unregister(kind)


@pytest.fixture
def duty() -> Iterator[Callable[..., None]]:
    """Register a duty for the length of the test."""
    names = []

    def register(name: str, *how: Any, **named: Any) -> None:
        names.append(name)
        duties.register(name, *how, **named)

    yield register
    for name in names:
        duties.unregister(name)


@pytest.fixture
def lane() -> Iterator[Callable[..., None]]:
    """Open a lane for the length of the test."""
    names = []

    def register(name: str, *pumps: lanes.Pump) -> None:
        names.append(name)
        lanes.register(name, *pumps)

    yield register
    for name in names:
        lanes.unregister(name)


@pytest.fixture
def scratch(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Scratch]:
    """A fresh database that other processes can open too."""
    with django_db_blocker.unblock(), scratch_database(tmp_path) as database:
        yield database
