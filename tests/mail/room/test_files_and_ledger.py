"""Files by digest, mailboxes from the environment, and what `verify` asks of the mail room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mainstay.lib import files
from mainstay.lib.environment import BadSetting
from mainstay.mail import actions, checks, mailboxes, queries
from mainstay.mail.fingerprint import identity
from mainstay.mail.models import Arrival, Mailbox, RawMail

from .conftest import MONDAY, Desk
from .mails import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path / "files"


def test_a_file_is_written_whole_and_read_back(store: Path) -> None:
    digest = files.put(b"content")

    assert files.read(digest) == b"content"
    with files.open(digest) as file:
        assert file.read() == b"content"
    assert list(files.digests()) == [digest]
    assert [path.name for path in store.rglob("*") if path.is_file()] == [digest]


def test_b7_nothing_a_sender_wrote_becomes_a_path(store: Path) -> None:
    for hostile in ("../../etc/passwd", "x", "A" * 64, "0" * 63 + "/", ""):
        with pytest.raises(ValueError, match="SHA-256"):
            files.read(hostile)


def test_f21_a_damaged_file_is_not_handed_out_and_heals_when_it_comes_again(store: Path) -> None:
    digest = files.put(b"content")
    files.path_of(digest).write_bytes(b"CONTENT")
    for look in (files.read, files.open):
        with pytest.raises(files.FileDamaged):
            look(digest)
    assert files.put(b"content") == digest
    assert files.read(digest) == b"content"
    assert files.remove(digest)
    for look in (files.read, files.open):
        with pytest.raises(files.FileMissing):
            look(digest)
    assert not files.remove(digest)
    assert not files.exists(digest)


def test_f6_a_full_disk_leaves_no_half_file(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.put(b"content")
    monkeypatch.undo()
    assert [path for path in store.rglob("*") if path.is_file()] == []


# ---- mailboxes -----------------------------------------------------------------------------------------------


def test_mailboxes_of_the_environment_are_adopted_once_and_keep_their_password_there(
    settings: Any, db: None
) -> None:
    settings.MAIL_IN = [
        "imaps://sup%40port:p%40ss@mail.example.org/INBOX/In?move=Done&authserv=mx.example.org&name=Desk"
    ]
    (box,) = actions.adopt_configured_mailboxes(MONDAY)
    assert actions.adopt_configured_mailboxes(MONDAY) == []

    assert (box.host, box.port, box.username, box.folder) == ("mail.example.org", 993, "sup@port", "INBOX/In")
    assert (box.after, box.move_to, box.authserv_id, box.name) == ("move", "Done", "mx.example.org", "Desk")
    assert box.sealed_secret == ""
    assert mailboxes.password_of(box) == "p@ss"
    settings.MAIL_IN = ["imaps://sup%40port:changed@mail.example.org/INBOX/In"]
    assert mailboxes.password_of(box) == "changed"
    settings.MAIL_IN = []
    with pytest.raises(mailboxes.NoSecret):
        mailboxes.password_of(box)


@pytest.mark.parametrize(
    "url", ["ftp://u:secret@h", "imaps://h", "imaps://u:secret@", "imap://u:secret@h?colour=red"]
)
def test_a_bad_mailbox_url_is_named_without_its_password(url: str, settings: Any) -> None:
    with pytest.raises(BadSetting) as fault:
        mailboxes.read_url(url)
    assert "MAINSTAY_MAIL_IN" in str(fault.value)
    assert "secret" not in str(fault.value)


def test_a_password_may_stay_in_a_variable_or_a_file(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    box = actions.add_mailbox(name="x", host="h", username="u", secret_from="DESK_PASSWORD", at=MONDAY)
    with pytest.raises(mailboxes.NoSecret, match="DESK_PASSWORD"):
        mailboxes.password_of(box)
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("DESK_PASSWORD_FILE", str(tmp_path / "secret"))
    assert mailboxes.password_of(box) == "from a file"
    monkeypatch.setenv("DESK_PASSWORD", "from the environment")
    assert mailboxes.password_of(box) == "from the environment"


def test_a_secret_of_another_installation_is_said_to_be_unreadable(db: None, settings: Any) -> None:
    box = actions.add_mailbox(name="x", host="h", username="u", password="p", at=MONDAY)
    settings.SECRET_KEY = "another installation's secret, long enough"
    with pytest.raises(mailboxes.NoSecret, match="MAINSTAY_SECRET_KEY"):
        mailboxes.password_of(box)


# ---- fingerprints --------------------------------------------------------------------------------------------


def test_trace_headers_and_line_ends_do_not_make_another_mail() -> None:
    raw = mail(message_id="<a@b>")
    traced = b"Received: by x\r\nReturn-Path: <y>\r\nAuthentication-Results: z; dmarc=pass\r\n" + raw.replace(
        b"\r\n", b"\n"
    )

    assert identity(raw, received_at=MONDAY) == identity(traced, received_at=MONDAY)


@pytest.mark.parametrize(
    "change",
    [
        (b"Subject: ", b"Subject: Re: "),
        (b"front desk", b"back desk"),
        (b"From: ", b"From: Ana "),
        (b"<a@b>", b"<a@c>"),
    ],
)
def test_what_its_author_wrote_makes_another_mail(change: tuple[bytes, bytes]) -> None:
    raw = mail(message_id="<a@b>")

    assert identity(raw, received_at=MONDAY) != identity(raw.replace(*change), received_at=MONDAY)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n\r\n", b"x" * 3_000_000, b"a:\n " * 500_000, b"\x00\xff" * 100_000]
)
def test_any_bytes_have_a_fingerprint_at_once(raw: bytes) -> None:
    """B10: linear, whatever the bytes; a hang would stop the whole mailbox."""
    assert len(identity(raw, received_at=MONDAY)) == 64


# ---- verify --------------------------------------------------------------------------------------------------


def test_verify_finds_nothing_wrong_with_a_healthy_ledger(room: Desk) -> None:
    room.take(mail(), mail(sender="x@y.example"))

    assert list(checks.faults(at=room.at)) == []


def test_verify_says_what_is_wrong(room: Desk) -> None:
    room.take(mail())
    settled = Arrival.objects.get()
    RawMail.objects.update(data=b"changed")
    Arrival.objects.update(ticket=None)
    room.arrive(mail())
    room.advance(hours=1)
    Mailbox.objects.create(name="Silent", host="h", username="u", created_at=MONDAY)
    said = "\n".join(checks.faults(at=room.at))

    assert f"arrival {settled.pk} ended as ticket and names no ticket" in said
    assert "has changed since it was stored" in said
    assert "has waited since" in said
    assert "Silent" not in said  # an outage is for the health page: the ledger itself is whole
    assert [one.mailbox.name for one in queries.unwell_mailboxes(room.at)] == ["Silent"]
