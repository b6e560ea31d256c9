"""Typed readers of `MAINSTAY_*` environment settings. Each fails loudly, naming the setting and what would do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import to_locale


class BadSetting(ValueError):
    """A setting has a value that cannot be used; the message says which and what to write instead."""


def text(name: str, default: str = "") -> str:
    """Return MAINSTAY_<name>, or the content of the file that MAINSTAY_<name>_FILE names, or `default`."""
    file = os.environ.get(f"MAINSTAY_{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"MAINSTAY_{name}_FILE={file}: {error.strerror}") from error
    return os.environ.get(f"MAINSTAY_{name}", default).strip()


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no setting."""
    value = text(name).lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if value == "" else value in {"1", "true", "yes", "on"}
    raise BadSetting(f"MAINSTAY_{name}={value!r}: write yes or no")


def listing(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list without empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def language(value: str, *, folders: Sequence[Path]) -> str:
    """Return a language as Django names it, such as `en-gb`, once there is a translation in one of `folders`.

    English needs none: everything is written in it.
    """
    code = value.lower().replace("_", "-")
    locale = to_locale(code)
    if code.partition("-")[0] == "en" or any((one / locale / "LC_MESSAGES/django.mo").is_file() for one in folders):
        return code
    raise BadSetting(
        f"MAINSTAY_LANGUAGE={value!r}: there is no {folders[0] / locale / 'LC_MESSAGES/django.mo'}. "
        "Put the translation there, or leave it at en-gb."
    )


def host_and_port(value: str, *, name: str) -> tuple[str, int]:
    """Split `host:port`; IPv6 hosts stand in brackets."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise BadSetting(f"MAINSTAY_{name}={value!r}: write host:port, for example 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def url(value: str, *, name: str, schemes: tuple[str, ...]) -> SplitResult:
    """Split a URL setting and check its scheme."""
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise BadSetting(f"MAINSTAY_{name}: the scheme {parts.scheme!r} is none of {', '.join(schemes)}")
    return parts


def database(value: str, *, data: Path) -> dict[str, object]:
    """Return Django's settings for a `sqlite:///path` or `postgresql://user:pass@host:port/name` URL.

    A PostgreSQL socket directory goes into `?host=/path`. An empty value means SQLite in the data directory.
    """
    if not value:
        return {"ENGINE": "mainstay.lib.sqlite", "NAME": str(data / "mainstay.sqlite3")}
    parts = url(value, name="DATABASE_URL", schemes=("sqlite", "postgresql", "postgres"))
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "mainstay.lib.sqlite",
            "NAME": unquote(parts.path[1:]) or str(data / "mainstay.sqlite3"),
        }
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "mainstay.lib.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "mainstay",
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or query.get("host", "")),
        "PORT": str(parts.port or ""),
        # Worker threads and WSGI threads live long: keep their connections, but test one before use.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": 3},  # how often a steady statement is sent before the server keeps it
    }
