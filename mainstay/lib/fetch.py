"""Asking a server whose address somebody typed in: https only, no redirects, a deadline, a size, no private networks.

The name is looked up once, and the connection goes to that very address, so that a name which changes what it means
leads nowhere else. Proxies of the environment are not used.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

SECONDS = 10  # for all of it: whoever waits is looking at a page
LARGEST = 256 * 1024  # octets of an answer
_NAT64 = IPv6Network("64:ff9b::/96")


class FetchFailed(OSError):
    """Nothing usable came from there; the message says why, without what was sent."""


def check_url(url: str) -> SplitResult:
    """Return the parts of an https address. Raises FetchFailed with what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchFailed("that is no address of a server") from None
    if parts.scheme != "https":
        raise FetchFailed("the address must begin with https://")
    if not parts.hostname or parts.username or parts.password or parts.fragment or port == 0:
        raise FetchFailed("the address must be https://, a host and a path, and nothing else")
    if not url.isascii() or any(letter <= " " for letter in url):
        raise FetchFailed("the address holds characters that it must not")
    return parts


def get_json(url: str, *, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at `url`. Raises FetchFailed."""
    return _json("GET", url, None, headers or {})


def post_form(url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Send a form to `url` and return the JSON object that comes back. Raises FetchFailed."""
    content = {"Content-Type": "application/x-www-form-urlencoded"}
    return _json("POST", url, urlencode(form).encode(), {**content, **(headers or {})})


def _json(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
    parts = check_url(url)
    try:
        found = json.loads(_fetched(parts, method, body, headers))
    except (ValueError, RecursionError):
        raise FetchFailed(f"{parts.hostname} sent no JSON") from None
    if not isinstance(found, dict):
        raise FetchFailed(f"{parts.hostname} sent another kind of JSON than asked for")
    return found


def _fetched(parts: SplitResult, method: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    host, port = parts.hostname or "", parts.port or 443
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    usual = {"Accept": "application/json", "User-Agent": "Mainstay", "Connection": "close"}
    try:
        with _connected(host, port) as secured:
            over = Timer(SECONDS, _cut, [secured])
            over.daemon = True
            over.start()
            try:
                secured.do_handshake()
                return _asked(secured, host, port, method, target, body, {**usual, **headers})
            finally:
                over.cancel()
    except FetchFailed:
        raise
    except ssl.SSLCertVerificationError as error:
        raise FetchFailed(f"the certificate of {host} cannot be believed: {error.verify_message}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchFailed(f"{host} could not be asked: {type(error).__name__}") from None


def _connected(host: str, port: int) -> ssl.SSLSocket:
    plain = _reached(_addresses_of(host, port), port)
    try:
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise


def _reached(addresses: list[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=SECONDS / 2)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=SECONDS / 2)


def _addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses to connect to. One that is not of the public internet needs its host to be allowed."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = host.lower() in settings.PRIVATE_PROVIDERS
    if not found or not (allowed or all(_is_public(one) for one in found)):
        raise FetchFailed(f"{host} is not on the public internet, and MAINSTAY_PRIVATE_PROVIDERS does not name it")
    return found[:4]


def _is_public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (found, *_meant_by(found)))


def _meant_by(found: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """Return the address of the older internet that one of the newer stands for (mapped, 6to4, NAT64)."""
    if isinstance(found, IPv4Address):
        return []
    inner = [one for one in (found.ipv4_mapped, found.sixtofour) if one is not None]
    return [*inner, IPv4Address(int(found) & 0xFFFFFFFF)] if found in _NAT64 else inner


def _asked(
    secured: ssl.SSLSocket, host: str, port: int, method: str, target: str, body: bytes | None,
    headers: Mapping[str, str],
) -> bytes:  # fmt: skip
    connection = http.client.HTTPConnection(host, port)
    connection.sock = secured
    connection.request(method, target, body=body, headers=dict(headers))
    answer = connection.getresponse()
    content = answer.read(LARGEST + 1)
    if answer.status != 200:
        raise FetchFailed(f"{host} answered {answer.status}")
    if len(content) > LARGEST:
        raise FetchFailed(f"{host} sent more than an answer may have")
    return content


def _cut(secured: ssl.SSLSocket) -> None:
    """End a connection from outside: a server that drips never runs into a timeout of its own."""
    try:
        secured.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
