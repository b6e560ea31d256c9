"""Files by digest, outside the web root: written whole or not at all, never changed, checked whenever they
are read.

A file is durable before the row that names it is committed, so a row never lacks its file. A transaction that
rolls back leaves at most a file that no row names; `digests()` is there to find those. Names and types are
the rows' affair: here a file is its SHA-256 and nothing a sender wrote ever becomes a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileMissing(LookupError):
    """A file that a row names is not in the store. Restore it from a backup.

    The row keeps its digest and size.
    """


class FileDamaged(ValueError):
    """A stored file no longer has the digest it was kept under, so it is not handed out."""


def put(data: bytes) -> str:
    """Store `data` durably and return its SHA-256. May be called twice.

    Heals a damaged copy of the same content.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if _is_sound(path, digest):
        os.utime(path)  # it is wanted again: `remove_rested` leaves it
        return digest
    _make_directory(path.parent)
    partial = path.with_name(f".{digest}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_directory(path.parent)
    return digest


def read(digest: str) -> bytes:
    """Return the content kept under `digest`.

    Raises FileMissing, or FileDamaged where it is not that content.
    """
    try:
        data = path_of(digest).read_bytes()
    except FileNotFoundError:
        raise FileMissing(f"the file {digest} is not in {root()}") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise FileDamaged(f"the file {digest} in {root()} has changed since it was stored")
    return data


def open(digest: str) -> BinaryIO:
    """Return the content under `digest` to be read bit by bit, checked whole beforehand. Raises as `read`
    does.
    """
    try:
        file = path_of(digest).open("rb")
    except FileNotFoundError:
        raise FileMissing(f"the file {digest} is not in {root()}") from None
    if hashlib.file_digest(file, "sha256").hexdigest() != digest:
        file.close()
        raise FileDamaged(f"the file {digest} in {root()} has changed since it was stored")
    file.seek(0)
    return file


def exists(digest: str) -> bool:
    """Say whether there is a file under `digest`; whether it is sound, only `read` tells."""
    return path_of(digest).is_file()


def remove(digest: str) -> bool:
    """Erase the file for good; the caller has made sure that no row names it. Says whether there was one."""
    path = path_of(digest)
    existed = path.is_file()
    path.unlink(missing_ok=True)
    return existed


def remove_rested(digest: str, *, before: datetime) -> bool:
    """Erase as `remove` does, unless it was put after `before`: whoever put it may not have committed their row yet."""
    try:
        put_at = path_of(digest).stat().st_mtime
    except FileNotFoundError:
        return False
    return put_at < before.timestamp() and remove(digest)


def digests() -> Iterator[str]:
    """Walk the digests of all stored files, unordered."""
    for path in root().glob("??/*"):
        if _DIGEST.fullmatch(path.name):
            yield path.name


def root() -> Path:
    """Return the directory of the store."""
    return Path(settings.DATA) / "files"


def path_of(digest: str) -> Path:
    """Return where the content of `digest` lives, whether or not it is there.

    Raises ValueError for anything else.
    """
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is no SHA-256 digest in lower-case hexadecimal")
    return root() / digest[:2] / digest


def _is_sound(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False


def _make_directory(path: Path) -> None:
    """Make `path`, and make its name survive a power cut."""
    if path.is_dir():
        return
    is_first = not path.parent.is_dir()
    path.mkdir(parents=True, exist_ok=True)
    _sync_directory(path.parent)
    if is_first:
        _sync_directory(path.parent.parent)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
