"""A demo reaches nothing real: its settings are its own, whatever the environment says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mainstay.cli.demo import world
from mainstay.cli.output import Refused

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """An environment of a real desk, which is forgotten after the test."""
    real = {
        "PATH": "/usr/bin",
        "MAINSTAY_DATA": str(tmp_path),
        "MAINSTAY_DATABASE_URL": "postgresql://desk@db.vendor.example/desk",
        "MAINSTAY_MAIL_IN": "imaps://support:secret@mail.vendor.example",
        "MAINSTAY_MAIL_OUT_FILE": "/etc/mainstay/mail-out",
        "MAINSTAY_SMTP_LISTEN": "0.0.0.0:25",
        "MAINSTAY_SECRET_KEY": "the key of the real desk",
        "MAINSTAY_BIND": "127.0.0.1:8123",
    }
    monkeypatch.setattr(os, "environ", real)
    yield real
    while world._held:
        os.close(world._held.pop())


def test_a_demo_forgets_the_real_database_mailboxes_and_secrets(
    environment: dict[str, str], tmp_path: Path
) -> None:
    world.prepare_settings(fresh=False)
    assert {name: value for name, value in environment.items() if name.startswith("MAINSTAY_")} == {
        "MAINSTAY_DATA": str(tmp_path / "demo"),
        "MAINSTAY_DEMO": "yes",
        "MAINSTAY_SUPPORT_ADDRESS": "support@vendor.example",
        "MAINSTAY_SUPPORT_PHONE": "+44 1632 960100",
        "MAINSTAY_BIND": "127.0.0.1:8123",
    }


@pytest.mark.parametrize(
    ("case", "fresh", "built", "kept"),
    [
        ("a world that stands goes on", False, True, True),
        ("--fresh begins anew", True, True, False),
        ("one whose building was cut short is begun anew", False, False, False),
    ],
)
def test_a_world_is_kept(
    environment: dict[str, str], tmp_path: Path, case: str, fresh: bool, built: bool, kept: bool
) -> None:
    folder = tmp_path / "demo"
    (folder / "files").mkdir(parents=True)
    (folder / "mainstay.sqlite3").write_text("a database", encoding="utf-8")
    if built:
        (folder / world.BUILT).write_text("2026-11-18T11:20:05Z", encoding="utf-8")
    world.prepare_settings(fresh=fresh)
    assert (folder / "mainstay.sqlite3").exists() is kept, case
    assert (folder / "files").exists() is kept


def test_a_demo_speaks_the_language_whose_translation_lies_beside_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """As `docs/howto/translate.md` starts it; the translation is no part of the world, which is begun anew."""
    there = tmp_path / "locale" / "de" / "LC_MESSAGES"
    there.mkdir(parents=True)
    (there / "django.mo").write_bytes(b"")
    environment["MAINSTAY_LANGUAGE"] = "de"
    world.prepare_settings(fresh=True)
    said = "from mainstay import settings; print(settings.LANGUAGE_CODE, *settings.LOCALE_PATHS)"
    told = subprocess.run(
        [sys.executable, "-c", said], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["de", str(tmp_path / "locale")]
    assert (there / "django.mo").exists()


def test_what_lies_beside_the_demo_is_never_touched(environment: dict[str, str], tmp_path: Path) -> None:
    real = tmp_path / "mainstay.sqlite3"
    real.write_text("the real desk", encoding="utf-8")
    world.prepare_settings(fresh=True)
    assert real.read_text(encoding="utf-8") == "the real desk"


def test_two_demos_do_not_share_a_folder(environment: dict[str, str], tmp_path: Path) -> None:
    world.prepare_settings(fresh=False)
    environment["MAINSTAY_DATA"] = str(tmp_path)
    with pytest.raises(Refused, match="running"):
        world.prepare_settings(fresh=True)
