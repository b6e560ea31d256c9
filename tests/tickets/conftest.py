"""The desk of the stories, for what its rows remember."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mainstay.mail import letters
from tests.desk import Desk


@pytest.fixture
def desk(db: None, settings: Any) -> Iterator[Desk]:
    """The desk on Monday at eight. Letters are accepted at once, by the demonstration's way out."""
    settings.DEMO = True
    yield Desk()
    letters._vendor.cache_clear()
