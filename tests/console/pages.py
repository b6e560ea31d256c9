"""What a test may ask of a page: its text without markup, its rows, its links."""

from __future__ import annotations

import html
import re
from typing import Any

from mainstay.tickets.models import Ticket
from tests.desk import Desk


def text(response: Any) -> str:
    """Return what a person reads, in one line; scripts and markup are gone."""
    body = re.sub(r"(?s)<(script|style|title|svg)\b.*?</\1>", " ", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def part(response: Any, opening: str, closing: str) -> str:
    """Return what stands between two pieces of markup."""
    found: str = response.content.decode().split(opening, 1)[1].split(closing, 1)[0]
    return found


def references(response: Any) -> list[str]:
    """Return the references of the rows of a list, in their order."""
    return re.findall(
        r'<tr role="row" id="row-\d+".*?href="/tickets/([^/"]+)/"', response.content.decode(), re.S
    )


def nonce(response: Any) -> str:
    """Return the nonce of the first form."""
    return re.findall(r'name="nonce" value="([^"]+)"', response.content.decode())[0]


def seen(response: Any) -> str:
    """Return what a form that shows first what it does sends back as seen; empty where it shows nothing."""
    return (re.findall(r'name="seen" value="([^"]+)"', response.content.decode()) or [""])[0]


def beside(response: Any, way: str) -> str:
    """Return where the link to the page before ("prev") or after ("next") leads; empty where there is none."""
    links = re.findall(r'<a class="button[^"]*" href="([^"]+)" rel="(prev|next)"', response.content.decode())
    return next((html.unescape(href) for href, rel in links if rel == way), "")


def settled(desk: Desk, ticket: Ticket, severity: int) -> Ticket:
    """Have the severity confirmed and the confirmation accepted: the response is given, the resolution runs."""
    desk.confirm("ida", ticket, severity)
    desk.advance(seconds=30)
    return desk.look(ticket)


def text_of_headings(response: Any) -> list[str]:
    """Return the headings of a list's columns, in their order."""
    return re.findall(r'role="columnheader" class="c-(?!pick)[^>]*>(?:<a[^>]*>)?([^<]+)', response.content.decode())
