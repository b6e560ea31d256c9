"""The shared cases, read as they stand: instants in UTC, whole seconds, null for no such instant."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "vectors"


def vectors(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pauses(pairs: list[list[str | None]]) -> list[tuple[datetime, datetime | None]]:
    return [(instant(begins), ends and instant(ends)) for begins, ends in pairs]


def shown(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_seconds(span: timedelta) -> int:
    seconds, rest = divmod(span, timedelta(seconds=1))
    assert not rest
    return seconds
