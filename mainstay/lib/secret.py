"""The installation's own secret: given by the operator, or made once and kept beside the data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def installation_secret(given: str, *, data: Path) -> str:
    """Return `given`, or the secret kept in `data/secret_key`, made on first use with owner-only rights.

    Safe when several processes start at once: the first one's secret wins.
    """
    if given:
        return given
    path = data / "secret_key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _wait_for(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii")


def _wait_for(path: Path) -> str:
    """Return the secret that another process has made; an empty file is a crash of the maker and is made good."""
    text = path.read_text(encoding="ascii")
    if not text:
        text = secrets.token_urlsafe(50)
        path.write_text(text, encoding="ascii")
    return text
