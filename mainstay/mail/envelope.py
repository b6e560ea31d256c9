"""Who wrote a mail, what it answers, when, and what our own border said about it: from its head alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from mainstay.mail import addresses, charset
from mainstay.mail.mime import Head, unfolded
from mainstay.mail.parsed import Auth, Limits, Note, Trust

Fields = dict[str, Any]  # named like the fields of ParsedMail that they fill

_KEPT = frozenset((
    b"auto-submitted", b"precedence", b"x-precedence", b"list-id", b"list-unsubscribe", b"list-post",
    b"list-help", b"x-autoreply", b"x-autorespond", b"x-autoresponse", b"x-auto-response-suppress",
    b"x-loop", b"x-mainstay-loop", b"x-failed-recipients", b"feedback-id", b"delivered-to",
    b"x-original-to", b"envelope-to", b"sender", b"resent-from", b"importance", b"x-priority", b"x-mailer",
    b"user-agent", b"x-ms-exchange-generated-message-source", b"x-ms-exchange-inbox-rules-loop",
    b"x-github-reason",
))  # fmt: skip
_KEPT_MOST = 60
_ONCE = (b"subject", b"content-type", b"message-id", b"content-transfer-encoding")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
_BARE_MESSAGE_ID = re.compile(r"[^<>\s,;\"()@]{1,400}@[^<>\s,;\"()@]{1,400}")
_DATE = re.compile(
    r"(?:[A-Za-z]{3},\s{0,3})?(\d{1,2})\s{1,3}([A-Za-z]{3})\s{1,3}(\d{4})\s{1,3}"
    r"(\d\d):(\d\d)(?::(\d\d))?\s{1,3}([+-])(\d\d)(\d\d)\b"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9._:-]{1,253})")
_BRACKETED = re.compile(r"\[([^\[\]]{1,60})\]")
_LOOPBACK = ("127.0.0.1", "::1", "IPv6:::1")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*([A-Za-z0-9-]{1,40})(?:/\d{1,9})?\s*=\s*([A-Za-z]{1,20})")
_PROPERTY = re.compile(r"\b(smtp\.mailfrom|header\.d|header\.i)\s*=\s*\"?([^\s;\"]{1,320})")


def identity(head: Head, limits: Limits, notes: list[Note]) -> Fields:
    """Subject, sender and recipients.

    Reply-To, Sender and Resent-From are shown and never stand in for From.
    """
    froms = head.all(b"from")
    sender = addresses.sender(froms)
    if sender.address and (warning := addresses.spoofing(sender.address)):
        notes.append(Note("misleading sender", warning))
    if any(charset.has_invisible(charset.words(value)) for value in froms):
        notes.append(
            Note("misleading sender", "the sender's name held characters that hide or reorder others")
        )
    found: Fields = {"sender": sender.address, "sender_problem": sender.problem, "sender_text": sender.text}
    for field, name in (("to", b"to"), ("cc", b"cc"), ("reply_to", b"reply-to")):
        values = head.all(name)
        if values:
            found[field], left_out = addresses.several(values, limit=limits.addresses)
            if left_out:
                words = (
                    f"some of {name.decode().title()} could not be read as addresses, or there were too many"
                )
                notes.append(Note("addresses", words))
    return found


def subject(head: Head, limits: Limits, notes: list[Note]) -> Fields:
    decoded = charset.words(head.first(b"subject"))
    if charset.has_invisible(decoded):
        notes.append(Note("misleading subject", "the subject held characters that hide or reorder others"))
    if not decoded.isascii() and addresses.mixed_script(decoded[: limits.subject_chars]):
        notes.append(Note("mixed script", "the subject mixes letters of different alphabets within a word"))
    text = charset.line(decoded)
    if len(text) > limits.subject_chars:
        notes.append(Note("long subject", f"the subject has {len(text)} characters and was cut"))
        text = text[: limits.subject_chars - 1] + "…"
    for name in head.repeated(_ONCE):
        notes.append(
            Note("repeated header", f"there is more than one {name.decode()} header; the first counts")
        )
    return {"subject": text}


def threading(head: Head, limits: Limits) -> Fields:
    """The mail's own id and those it answers, as written: case counts, only missing brackets are mended."""
    own = _message_ids(head.first(b"message-id"), 1)
    return {
        "message_id": own[0] if own else "",
        "in_reply_to": _message_ids(head.first(b"in-reply-to"), 10),
        "references": _message_ids(head.first(b"references"), limits.references),
    }


def _message_ids(value: str, most: int) -> tuple[str, ...]:
    """Return the first id and the newest of the others: the start of the thread, and what is answered."""
    if not value:
        return ()
    found = _MESSAGE_ID.findall(value) or [f"<{bare}>" for bare in _BARE_MESSAGE_ID.findall(value)]
    unique = tuple(dict.fromkeys(charset.line(one) for one in found))
    return (
        unique
        if len(unique) <= most
        else unique[:1] + unique[len(unique) - most + 1 :]
        if most > 1
        else unique[:1]
    )


def dates(head: Head) -> Fields:
    """What the sender's clock said, and what the server that took the mail wrote into its Received."""
    arrived = head.first(b"received")[:5_000].rpartition(";")[2]
    return {"date": moment(head.first(b"date")), "received": moment(arrived)}


def moment(text: str) -> datetime | None:
    """Return the instant (UTC) that a date header names, or None. Without a zone it is taken as UTC."""
    found = _DATE.match(text[:200].strip())
    try:
        if found:
            day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
            offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
            local = datetime(int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute),
                             min(int(second or 0), 59), tzinfo=UTC)  # fmt: skip
            return local - offset if sign == "+" else local + offset
        parsed = parsedate_to_datetime(text[:200])
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError):
        return None


def kept_headers(head: Head) -> Fields:
    """The headers that classification reads, and the return path.

    No other header has any effect (class A9).
    """
    found = [
        (name.decode("ascii"), charset.line(charset.words(unfolded(value)))[:1_000])
        for name, value in head.lines
        if name in _KEPT
    ]
    fields: Fields = {"headers": tuple(found[:_KEPT_MOST])}
    if head.has(b"return-path"):
        fields["return_path"] = charset.line(head.first(b"return-path"))[:500].strip("<> ")
    return fields


def auth(head: Head, trust: Trust) -> Auth:
    """Read the results that our own border stamped (RFC 8601), and no others.

    Headers are written from the bottom up, so what stands above our border's Received header was written by
    us. Forged results stand below it, as does everything else the sender wrote.
    """
    if not trust.authserv_id:
        return Auth()
    spf = dmarc = spf_domain = ""
    dkim: list[str] = []
    signers: list[str] = []
    believed = False
    for value in _trusted_results(head, trust):
        believed = True
        for method, verdict, properties in _results(value):
            if method == "spf" and not spf:
                spf = verdict
                spf_domain = properties.get("smtp.mailfrom", "").rpartition("@")[2].lower()
            elif method == "dmarc" and not dmarc:
                dmarc = verdict
            elif method == "dkim":
                dkim.append(verdict)
                domain = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
                if verdict == "pass" and domain:
                    signers.append(domain.lower())
    if not believed:
        return Auth()
    verdict = "pass" if "pass" in dkim else next(iter(dkim), "")
    return Auth(spf, verdict, dmarc, trust.authserv_id, spf_domain, tuple(dict.fromkeys(signers)))


def _trusted_results(head: Head, trust: Trust) -> list[str]:
    """Return the result headers in our border's name that stand where only our own servers can have written.

    Read from the top: Received headers of our inner servers are passed, that of the border ends the part which is
    ours. Anything else ends the reading with nothing believed, for then it is not known where our part ends.
    """
    *inner, border = trust.received_by or (trust.authserv_id,)
    found: list[str] = []
    at_border = False
    for name, value in head.lines:
        if name == b"received":
            if at_border:
                break
            text = unfolded(value)[:4_000]
            if not _loopback(text):
                by = _BY.search(text)
                host = by[1].lower().rstrip(".") if by else ""
                at_border = _named(host, border)
                if not at_border and not any(_named(host, one) for one in inner):
                    return []
                if at_border and not trust.strips_forged:
                    break
        elif name == b"authentication-results" and _stamped_by(text := unfolded(value), trust.authserv_id):
            found.append(text)
    return found if at_border else []


def _loopback(received: str) -> bool:
    """Say whether a server handed the mail to itself, as it does to filter it. Every address named must be its own."""
    addresses_named = _BRACKETED.findall(received.partition(" by ")[0])
    return bool(addresses_named) and all(one in _LOOPBACK for one in addresses_named)


def _named(host: str, pattern: str) -> bool:
    """Say whether a host bears a name: exactly, or `*.outlook.com` and `2002:*` with the star at one end."""
    pattern = pattern.lower()
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host.startswith(pattern[:-1]) if pattern.endswith(":*") else host == pattern


def _stamped_by(results: str, authserv_id: str) -> bool:
    """Say whether results bear the id of our border, or none at all where it is known to write none (`-`)."""
    first = _COMMENT.sub(" ", results.partition(";")[0]).split()
    if authserv_id == "-":
        return any("=" in word for word in first)
    return bool(first) and first[0].lower() == authserv_id.lower()


def _results(value: str) -> list[tuple[str, str, dict[str, str]]]:
    plain = _COMMENT.sub(" ", value)
    found = []
    for clause in plain.split(";")[:50]:
        result = _RESULT.match(clause)
        if result:
            found.append((result[1].lower(), result[2].lower(), dict(_PROPERTY.findall(clause))))
    return found
