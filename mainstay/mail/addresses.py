"""Addresses read strictly: one reading or none, because a right may hang on who the sender is.

A header that two programs could read in two ways (comments that hold addresses, quoted local parts, routes,
groups, two addresses) yields no sender but a reason in words, and the mail is held (reliability classes A4,
A14).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mainstay.core.saying import Refusal
from mainstay.mail import charset
from mainstay.mail.parsed import Address

# RFC 5322 atext without the characters that route mail onwards or mean something to a shell: ! % $ ` |
_LOCAL = re.compile(r"[\w+'=&~#*/?^{}-]+(\.[\w+'=&~#*/?^{}-]+)*")
_DOMAIN = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_COMMON = re.compile(r'(?:"([^"\\<>@]*)"|([^"\\<>@,:;()]*))[ \t]*<([A-Za-z0-9._+\'-]+)@([A-Za-z0-9.-]+)>')
_BARE = re.compile(r"([A-Za-z0-9._+'-]+)@([A-Za-z0-9.-]+)")
_SPECIAL = re.compile(r'[",;:(<]')
_NO_REPLY = re.compile(
    r"(?:no|not|do-?not|don-?t)[._-]?reply|mailer-daemon|postmaster|mail(?:er)?-?delivery|bounces?", re.I
)


class BadAddress(Refusal, ValueError):
    """This text is not one plain address. The message says why, for people."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a From header names. Exactly one of `address` and `problem` is filled."""

    address: Address | None
    problem: str = ""
    text: str = ""


def check(address: str) -> str:
    """Return `address` as it is stored: domain in lower-case ASCII. Raises BadAddress with the reason.

    Stricter than RFC 5322 on purpose: no quoted local part, no routing characters, no leading hyphen, no
    domain literal. What is refused here is not lost; the mail that carries it waits for a person.
    """
    local, at, domain = address.rpartition("@")
    if not at:
        raise BadAddress("there is no @ in it")
    if len(address) > 254 or len(local) > 64:
        raise BadAddress("it is too long for an address")
    if local.startswith('"') or "@" in local:
        raise BadAddress("the part before the @ is quoted or holds another @")
    if "=?" in local or local.startswith("-") or not _LOCAL.fullmatch(local) or charset.has_invisible(local):
        raise BadAddress("the part before the @ holds characters that addresses of people do not have")
    if unicodedata.normalize("NFKC", local) != local:
        raise BadAddress("the part before the @ holds look-alike forms of letters")
    return f"{local}@{ascii_domain(domain)}"


@lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """Return the domain in lower-case ASCII, international names in their xn-- form. Raises BadAddress."""
    plain = domain.lower()
    if not plain.isascii():
        if len(domain) > 253 or charset.has_invisible(domain):
            raise BadAddress("the domain is too long or holds invisible characters")
        try:
            plain = domain.encode("idna").decode("ascii").lower()
        except UnicodeError:
            raise BadAddress("the domain is not a valid name") from None
    if len(plain) > 253 or not _DOMAIN.fullmatch(plain) or plain.rpartition(".")[2].isdigit():
        raise BadAddress("the domain is not a valid name")
    return plain


def sender(values: Sequence[str]) -> Sender:
    """Read the From headers of one mail (unfolded, still encoded).

    Anything but one plain mailbox is a problem.
    """
    if not values:
        return Sender(None, "there is no From header")
    text = charset.line(charset.words(", ".join(values)))[:500]
    if len(values) > 1:
        return Sender(None, "there is more than one From header", text)
    try:
        return Sender(one(values[0]), "", text)
    except BadAddress as problem:
        return Sender(None, str(problem), text)


def one(value: str) -> Address:
    """Read exactly one mailbox. Raises BadAddress with the reason."""
    quick = _quick(value)
    if quick is not None:
        return quick
    found = list(_pieces(value))
    if any(piece.group for piece in found):
        raise BadAddress("the From header names a group")
    found = [piece for piece in found if piece.text.strip() or piece.comments]
    if not found or not any(piece.angle or "@" in piece.text for piece in found):
        raise BadAddress("the From header holds no address")
    if len(found) > 1:
        return _one_with_commas(value, found)
    return _mailbox(found[0])


def several(values: Sequence[str], *, limit: int) -> tuple[tuple[Address, ...], bool]:
    """Read To, Cc or Reply-To leniently: what is no address is left out.

    Also says whether anything was left out.
    """
    found: dict[str, Address] = {}
    left_out = False
    for value in values:
        quick = _quick(value)
        if quick is not None:
            found.setdefault(quick.key, quick)
            continue
        for piece in _pieces(value):
            if not piece.text.strip():
                continue
            try:
                address = _mailbox(piece)
            except BadAddress:
                left_out = True
                continue
            if len(found) >= limit:
                return tuple(found.values()), True
            found.setdefault(address.key, address)
    return tuple(found.values()), left_out


def _quick(value: str) -> Address | None:
    """Read the shapes that nearly all mail has, for which there is only one reading."""
    if len(value) > 1000:
        return None
    value = value.strip(" \t")
    found = _COMMON.fullmatch(value)
    if found:
        name, local, domain = found[1] or found[2] or "", found[3], found[4]
    else:
        found = _BARE.fullmatch(value)
        if not found:
            return None
        name, local, domain = "", found[1], found[2]
    try:
        return Address(_name(name), check(f"{local}@{domain}"))
    except BadAddress:
        return None


@dataclass(slots=True)
class _Piece:
    """What stands between two commas: words in order, the angle part, and comments, which are no words."""

    words: list[tuple[str, bool]]  # text, and whether it was quoted
    angle: str | None = None
    comments: str = ""
    group: bool = False
    broken: str = ""

    @property
    def text(self) -> str:
        return "".join(word for word, _ in self.words) + (self.angle or "")


def _pieces(value: str) -> Iterator[_Piece]:
    """Cut an address list at its commas in one pass from left to right."""
    piece = _Piece([])
    at, plain_from = 0, 0
    size = len(value)
    while special := _SPECIAL.search(value, at):
        at, char = special.start(), special[0]
        if at > plain_from:
            piece.words.append((value[plain_from:at], False))
        if char == '"':
            text, at, closed = _quoted(value, at)
            piece.words.append((text, True))
            piece.broken = piece.broken if closed else "a quotation mark is never closed"
        elif char == "(":
            text, at, closed = _comment(value, at)
            piece.comments += text
            piece.broken = piece.broken if closed else "a comment is never closed"
        elif char == "<":
            end = value.find(">", at)
            inner = value[at + 1 : end if end >= 0 else size]
            if piece.angle is not None or end < 0 or "<" in inner:
                piece.broken = "the angle brackets do not match"
            piece.angle = inner if piece.angle is None else piece.angle
            at = end + 1 if end >= 0 else size
        elif char == ":":
            piece.group = True
            piece.words.clear()  # the group's name; its members follow
            at += 1
        else:
            yield piece
            piece = _Piece([], group=piece.group and char == ",")
            at += 1
        plain_from = at
    if size > plain_from:
        piece.words.append((value[plain_from:], False))
    yield piece


def _quoted(value: str, at: int) -> tuple[str, int, bool]:
    text: list[str] = []
    at += 1
    while at < len(value):
        stop = value.find('"', at)
        escape = value.find("\\", at, stop if stop >= 0 else len(value))
        if escape >= 0:
            text.append(value[at:escape] + value[escape + 1 : escape + 2])
            at = escape + 2
            continue
        if stop < 0:
            break
        text.append(value[at:stop])
        return "".join(text), stop + 1, True
    return "".join(text) + value[at:], len(value), False


def _comment(value: str, at: int) -> tuple[str, int, bool]:
    depth = 0
    start = at + 1
    while at < len(value):
        char = value[at]
        if char == "\\":
            at += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return value[start:at], at + 1, True
        at += 1
    return value[start:], len(value), False


def _mailbox(piece: _Piece) -> Address:
    if piece.broken:
        raise BadAddress(piece.broken)
    if "@" in charset.words(piece.comments):
        raise BadAddress("a comment holds another address")
    if piece.angle is None:
        if any(quoted for _, quoted in piece.words):
            raise BadAddress("the address is quoted in part")
        return Address(_name(piece.comments), check("".join(word for word, _ in piece.words).strip()))
    if piece.angle.startswith("@"):
        raise BadAddress("the address holds a route")
    address = check(piece.angle.strip())
    unquoted = " ".join(word for word, quoted in piece.words if not quoted)
    if "@" in unquoted and unquoted.strip().casefold() != piece.angle.strip().casefold():
        raise BadAddress("there is a second address beside the one in angle brackets")
    return Address(_name("".join(word for word, _ in piece.words) or piece.comments), address)


def _name(text: str) -> str:
    return charset.line(" ".join(charset.words(text).split()))[:200]


def _one_with_commas(value: str, found: list[_Piece]) -> Address:
    """Accept `Smith, Ana <ana@acme.example>`: the comma is a slip, but only one address is meant."""
    last = found[-1]
    names_only = all(piece.angle is None and not piece.comments and not piece.broken for piece in found[:-1])
    if names_only and last.angle is not None and value.count("@") == 1 and value.rstrip().endswith(">"):
        address = _mailbox(last)
        name = ", ".join(_name("".join(word for word, _ in piece.words)) for piece in found)
        return Address(name[:200], address.address)
    raise BadAddress("the From header names more than one address")


def looks_automatic(address: str) -> bool:
    """Say whether an address is one that no person reads (mailer-daemon, no-reply and their kin)."""
    return _NO_REPLY.match(address.partition("@")[0]) is not None


def spoofing(address: Address) -> str:
    """Say in words how a sender's name or domain may mislead the eye, or "" (reliability class B8)."""
    other = _ADDRESS_IN_NAME.search(address.name) if "@" in address.name else None
    if other and other[0].casefold() != address.key:
        return f"the name reads like an address, {other[0]}, but the mail is from {address.address}"
    if mixed_script(address.name):
        return "the name mixes letters of different alphabets"
    if not address.address.isascii() or "xn--" in address.domain:
        return "the address holds letters beyond English ones, which can look alike"
    return ""


_ADDRESS_IN_NAME = re.compile(r"[^\s<>\"'(),;:@]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}")
_SCRIPTS = (
    re.compile("[A-Za-z\u00aa-\u024f\u1e00-\u1eff]"),
    re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    re.compile("[\u0400-\u052f\u1c80-\u1c8f]"),
    re.compile("[\u0530-\u058f]"),
    re.compile("[\u13a0-\u13ff]"),
)
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e]")


def mixed_script(text: str) -> bool:
    """Say whether one word mixes alphabets whose letters look alike, or is written in look-alike symbols."""
    if text.isascii():
        return False
    if _MATHEMATICAL.search(text):
        return True
    return _scripts(text) > 1 and any(_scripts(word) > 1 for word in re.split(r"[\W_]+", text))


def _scripts(text: str) -> int:
    return sum(script.search(text) is not None for script in _SCRIPTS)
