"""Which ticket a mail belongs to, by evidence. Whether its sender may write there is for the caller to
decide.

Our own Message-IDs and reply addresses carry a signature, so nobody can guess one (reliability classes A2,
A7). Evidence that points to different tickets is never weighed: such a mail is held for a person.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from mainstay.mail.parsed import ParsedMail

Ticket = TypeVar("Ticket", bound=Hashable)

_TOKEN = re.compile(r"[a-z0-9]{1,40}")
_OWN_ID = re.compile(r"<out\.([a-z0-9]{1,40})\.([0-9a-f]{32})@([^<>@\s]{1,253})>")
_REPLY_ADDRESS = re.compile(r"([^@]{1,64})\+([a-z0-9]{1,40})\.([0-9a-f]{32})@([^@\s]{1,253})")
_REFERENCES_MOST = 20


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and recognises what only this desk can have written.

    The first key signs, all of them are recognised.
    """

    keys: tuple[bytes, ...]
    domain: str

    def __post_init__(self) -> None:
        if not self.keys or not all(len(key) >= 16 for key in self.keys):
            raise ValueError("a signing key needs at least 16 bytes")

    def make_message_id(self, token: str) -> str:
        """Return the Message-ID of the outgoing mail `token` (lower-case letters and digits, at most 40)."""
        return f"<out.{token}.{self._sign('message-id', token)}@{self.domain}>"

    def own_token(self, message_id: str) -> str | None:
        """Return the token of a Message-ID that this desk signed, None for every other. Case counts."""
        found = _OWN_ID.fullmatch(message_id)
        if found is None or found[3] != self.domain:
            return None
        return found[1] if self._signed("message-id", found[1], found[2]) else None

    def make_reply_address(self, token: str, mailbox: str, domain: str) -> str:
        """Return the address for answers to `token`, on a domain that no staff identity uses."""
        return f"{mailbox}+{token}.{self._sign(f'reply:{mailbox}@{domain}', token)}@{domain}"

    def reply_token(self, address: str) -> str | None:
        """Return the token of a reply address that this desk signed, None for every other."""
        found = _REPLY_ADDRESS.fullmatch(address)
        if found is None:
            return None
        purpose = f"reply:{found[1]}@{found[4]}"
        return found[2] if self._signed(purpose, found[2], found[3]) else None

    def make_loop_mark(self, message_id: str) -> str:
        """Return the value of our loop header for an outgoing mail."""
        return _digest(self.keys[0], "loop", self.domain, message_id)

    def _sign(self, purpose: str, token: str) -> str:
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"not a token: {token!r}")
        return _digest(self.keys[0], purpose, self.domain, token)

    def _signed(self, purpose: str, token: str, signature: str) -> bool:
        return any(
            hmac.compare_digest(_digest(key, purpose, self.domain, token), signature) for key in self.keys
        )


def _digest(key: bytes, purpose: str, domain: str, text: str) -> str:
    return hmac.digest(key, f"{purpose}\0{domain}\0{text}".encode(), "sha256").hex()[:32]


@dataclass(frozen=True, slots=True)
class Clues:
    """What a mail says about where it belongs; all of it is to be looked up before `decide` is asked."""

    reply_tokens: tuple[str, ...] = ()  # from signed reply addresses among its recipients
    answered_tokens: tuple[str, ...] = ()  # our signed ids in In-Reply-To
    answered_ids: tuple[str, ...] = ()  # the other ids in In-Reply-To
    referred_tokens: tuple[str, ...] = ()  # our signed ids in References, newest first
    referred_ids: tuple[str, ...] = ()  # the other ids in References, newest first
    references: tuple[str, ...] = ()  # ticket references in the subject
    forged: tuple[str, ...] = ()  # ids in our form that we did not sign

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.reply_tokens + self.answered_tokens + self.referred_tokens))

    @property
    def message_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.answered_ids + self.referred_ids))


def clues(mail: ParsedMail, *, signer: Signer, find: Callable[[str], Iterable[str]]) -> Clues:
    """Collect what is to be looked up.

    `find` returns the ticket references (ours, whole and checked) in a text.
    """
    answered = _sorted_ids(mail.in_reply_to, signer)
    referred = _sorted_ids(tuple(reversed(mail.references)), signer)
    recipients = [one.address for one in mail.to + mail.cc]
    recipients += [
        value for name, value in mail.headers if name in ("delivered-to", "x-original-to", "envelope-to")
    ]
    tokens = (signer.reply_token(address.strip("<> ")) for address in recipients if "+" in address)
    return Clues(
        reply_tokens=tuple(dict.fromkeys(token for token in tokens if token)),
        answered_tokens=answered[0],
        answered_ids=answered[1],
        referred_tokens=referred[0],
        referred_ids=referred[1],
        references=tuple(dict.fromkeys(find(mail.subject)))[:_REFERENCES_MOST],
        forged=tuple(dict.fromkeys(answered[2] + referred[2])),
    )


def _sorted_ids(
    ids: Sequence[str], signer: Signer
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    tokens, others, forged = [], [], []
    for one in ids:
        token = signer.own_token(one)
        if token is not None:
            tokens.append(token)
        elif one.lower().startswith("<out.") and one.lower().endswith(f"@{signer.domain}>".lower()):
            forged.append(
                one
            )  # looks like ours and is not: never looked up, whatever the case of its letters
        else:
            others.append(one)
    return tuple(tokens), tuple(others), tuple(forged)


@dataclass(frozen=True, slots=True)
class Found(Generic[Ticket]):
    """What the look-ups gave. Merged tickets are given as the ticket that they were merged into."""

    by_token: Mapping[str, Ticket]
    by_message_id: Mapping[str, Ticket]
    by_reference: Mapping[str, Ticket]


@dataclass(frozen=True, slots=True)
class Decision(Generic[Ticket]):
    """Where a mail belongs.

    `proven` says that the mail holds something which only a recipient of our mail can know. `claims` are the
    references and forged ids in it that led nowhere or elsewhere; they are noted on the ticket.
    """

    kind: Literal["join", "new", "hold"]
    ticket: Ticket | None
    by: str
    proven: bool
    claims: tuple[str, ...]
    why: str


def decide(clues: Clues, found: Found[Ticket]) -> Decision[Ticket]:
    """Weigh the evidence in this order: reply address, In-Reply-To, References, subject.

    Contradiction is held.
    """
    replied = _tickets(clues.reply_tokens, found.by_token)
    answered = _tickets(clues.answered_tokens, found.by_token) | _tickets(
        clues.answered_ids, found.by_message_id
    )
    referred = _tickets(clues.referred_tokens, found.by_token) | _tickets(
        clues.referred_ids, found.by_message_id
    )
    named = _tickets(clues.references, found.by_reference)
    if len(clues.reply_tokens) > 1:
        return _hold(clues, "it was sent to more than one reply address")
    evidence = {"reply address": replied, "in-reply-to": answered, "references": referred, "subject": named}
    candidates = _narrowed(evidence.values())
    if candidates is None or len(candidates) > 1:
        return _hold(clues, "what it answers and what its subject says point to different tickets")
    if not candidates:
        unknown = " and names a reference that is not known" if clues.references or clues.forged else ""
        return Decision(
            "new", None, "", False, clues.references + clues.forged, f"it answers nothing of ours{unknown}"
        )
    (ticket,) = candidates
    by = next(name for name, tickets in evidence.items() if ticket in tickets)
    proven = any(found.by_token.get(token) == ticket for token in clues.tokens)
    claims = tuple(one for one in clues.references if found.by_reference.get(one) != ticket) + clues.forged
    return Decision("join", ticket, by, proven, claims, f"it belongs there by its {by}")


def _tickets(keys: Iterable[str], known: Mapping[str, Ticket]) -> set[Ticket]:
    return {known[key] for key in keys if key in known}


def _narrowed(evidence: Iterable[set[Ticket]]) -> set[Ticket] | None:
    """Let each kind of evidence that says anything narrow what the stronger ones left.

    None: two kinds clash.
    """
    left: set[Ticket] = set()
    for tickets in evidence:
        left = (left & tickets if tickets else left) if left else tickets
        if tickets and not left:
            return None
    return left


def _hold(clues: Clues, why: str) -> Decision[Ticket]:
    return Decision("hold", None, "", False, clues.references + clues.forged, why)
