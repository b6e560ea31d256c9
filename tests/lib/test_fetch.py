"""Asking a server whose address somebody typed in: nothing inside is reached, and nobody waits for ever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from mainstay.lib import fetch
from mainstay.lib.fetch import FetchFailed
from tests import provider as own
from tests.provider import Provider

PLACE = "/.well-known/openid-configuration"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    file = own.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    settings.PRIVATE_PROVIDERS = frozenset({"localhost"})
    with own.running(Provider(clock=lambda: datetime.now(UTC)), file) as provider:
        yield provider


def test_json_comes_back(server: Provider) -> None:
    assert fetch.get_json(server.issuer + PLACE)["issuer"] == server.issuer


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example/", "ftp://idp.example", "https://", "https://u:p@idp.example/", "https://idp.example/#x",
        "https://idp.example:99999/", "https://idp.example:0/", "https://idp.example/a b", "https://idp.example/\r\nX: y",
        "https://ídp.example/", "https://[::1", "file:///etc/passwd", "//idp.example/", "",
    ],
)  # fmt: skip
def test_only_a_plain_https_address_is_asked(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch.get_json(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1%lo", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "::", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_what_is_not_on_the_public_internet_is_never_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Whatever the name, it is where it leads that counts; one bad address of several is enough."""
    settings.PRIVATE_PROVIDERS = frozenset({"another.example"})

    def looked_up(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]

    def reached(*_: Any, **__: Any) -> Any:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", reached)
    with pytest.raises(FetchFailed, match=r"not on the public internet.*MAINSTAY_PRIVATE_PROVIDERS"):
        fetch.get_json("https://idp.example/")


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means something else a moment later leads nowhere else."""
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.215.14", 443))])

    def reached(where: Any, **_: Any) -> Any:
        asked.append(where)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", reached)
    with pytest.raises(FetchFailed, match="could not be asked"):
        fetch.get_json("https://idp.example/")
    assert asked == [("93.184.215.14", 443)]


@pytest.mark.parametrize("status", [301, 302, 404, 500])
def test_a_redirect_is_not_followed_and_a_fault_is_one(status: int, server: Provider) -> None:
    server.status = status
    with pytest.raises(FetchFailed, match=f"answered {status}"):
        fetch.get_json(server.issuer + PLACE)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"<html>", "no JSON"), (b"[]", "another kind"), (b"{", "no JSON"), (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"), (b'{"a": "' + b"x" * fetch.LARGEST + b'"}', "more than"),
    ],
    ids=["html", "list", "cut", "bytes", "deep", "large"],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(said: bytes, why: str, server: Provider, monkeypatch: Any) -> None:
    monkeypatch.setattr(server, "answer", lambda *_: (200, said))
    with pytest.raises(FetchFailed, match=why):
        fetch.get_json(server.issuer + PLACE)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(server: Provider, monkeypatch: Any) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(FetchFailed, match="certificate of localhost cannot be believed"):
        fetch.get_json(server.issuer + PLACE)


def test_a_server_that_never_ends_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """It sends an octet now and then, so no timeout of the socket ever comes."""
    settings.PRIVATE_PROVIDERS = frozenset({"localhost"})
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            taken, _ = listening.accept()
            taken.settimeout(0.1)
            with taken:
                taken.sendall(b"\x16\x03\x03\x3f\xff")  # a handshake of 16 383 octets follows
                try:
                    while True:
                        taken.sendall(b"\0")
                        try:
                            if not taken.recv(65536):
                                return
                        except TimeoutError:
                            continue
                except OSError:
                    return

        thread = Thread(target=drip, daemon=True)
        thread.start()
        began = monotonic()
        with pytest.raises(FetchFailed, match="could not be asked"):
            fetch.get_json(f"https://localhost:{listening.getsockname()[1]}/")
        thread.join(30)
        assert not thread.is_alive()
        assert monotonic() - began < 30
