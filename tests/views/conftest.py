"""The desk that every story of this room begins with."""

from __future__ import annotations

from tests.scenarios.conftest import desk as desk
