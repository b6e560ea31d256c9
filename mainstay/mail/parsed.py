"""What a mail looks like once it has been read: plain frozen values, nothing that still needs decoding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one mail is looked at.

    What lies beyond is noted, and stays in the raw mail that the caller keeps.
    """

    mail_bytes: int = 64 * 1024 * 1024
    header_bytes: int = 1024 * 1024  # of one head, the outer one or that of a part
    headers: int = 2_000
    header_chars: int = 20_000  # of one header's value
    depth: int = 30
    parts: int = 500
    body_chars: int = 1_000_000  # of the text, and of the HTML; a longer body is also kept whole as a file
    subject_chars: int = 500
    addresses: int = 500
    references: int = 100


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose `Authentication-Results` are believed (RFC 8601): those of our own border, and where it writes them.

    `authserv_id` is the name in front of the results; "" believes nobody, "-" is for a border that writes no
    name. `received_by` are the names that our servers put after `by` in their Received headers, from the mailbox
    outwards, the border last (`*.example` and `2002:*` stand for many); empty means `authserv_id` alone. With
    `strips_forged` the provider promises to remove results that a sender wrote in its name, and puts its own
    beneath its Received header instead of above it.
    """

    authserv_id: str = ""
    received_by: tuple[str, ...] = ()
    strips_forged: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox.

    `address` is a strict addr-spec: local part as written, domain in lower-case ASCII (IDNA).
    """

    name: str
    address: str

    @property
    def key(self) -> str:
        """What two spellings of the same mailbox have in common; use it to look people up, never to send."""
        return self.address.casefold()

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class File:
    """One attachment or inline part.

    `content_type` is ours, from the bytes and a short allow-list: the only one that may be served.
    `declared_type` is what the sender claimed; it is for people and for telling reports from files.
    """

    name: str
    content_type: str
    declared_type: str
    data: bytes
    sha256: str
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Auth:
    """Verdicts of our own border server, in the words of RFC 8601 (`pass`, `fail`, `none` ...); "" is
    unknown.

    `by` is the authserv-id that was believed, "" when no result could be trusted: then nothing else is
    filled.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    by: str = ""
    spf_domain: str = ""  # smtp.mailfrom
    dkim_domains: tuple[str, ...] = ()  # header.d of the signatures that passed

    def aligned(self, domain: str) -> bool:
        """Say whether a check that passed vouches for `domain`, the domain of the From address."""
        if not self.by or not domain:
            return False
        if self.dmarc:
            return self.dmarc == "pass"
        vouched = self.dkim_domains + ((self.spf_domain,) if self.spf == "pass" else ())
        return any(domain == name or domain.endswith("." + name) for name in vouched if "." in name)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person who handles the mail should know. `kind` is for code, `words` are for people."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail, read.

    No field holds a control character (bodies: only tab and newline), NUL or lone surrogate.
    """

    size: int
    sha256: str  # of the raw bytes
    message_id: str = ""  # with its angle brackets, "" when there is none
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # oldest first
    subject: str = ""
    sender: Address | None = None
    sender_problem: str = ""  # why there is no sender, in words; such a mail is held
    sender_text: str = ""  # the From header as a person would read it
    reply_to: tuple[Address, ...] = ()  # shown, never matched to an account
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None  # what the sender wrote, UTC
    received: datetime | None = None  # what the topmost Received header says, UTC
    return_path: str | None = None  # "" is the null sender `<>`, None is no such header
    body_text: str = ""
    body_html: str = ""  # as received: clean it before it is shown
    text_from_html: bool = False  # there was no plain part; body_text was made from the HTML
    files: tuple[File, ...] = ()
    auth: Auth = field(default_factory=Auth)
    content_type: str = "text/plain"
    report_type: str = ""  # of a multipart/report
    headers: tuple[tuple[str, str], ...] = ()  # the few that classification reads, names in lower case
    notes: tuple[Note, ...] = ()
    truncated: tuple[str, ...] = ()  # what was cut: "headers", "text", "html", "parts", "depth", "mail" ...

    def header(self, name: str) -> str:
        """Return the first header of that (lower-case) name among the kept ones, or ""."""
        return next((value for key, value in self.headers if key == name), "")

    def noted(self, kind: str) -> bool:
        return any(note.kind == kind for note in self.notes)
