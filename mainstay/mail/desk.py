"""Who this desk is, to other mail systems: its addresses, its domain, and the keys it signs with."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from mainstay.contracts import queries as contracts
from mainstay.mail.classify import Own
from mainstay.mail.evidence import Signer
from mainstay.mail.models import Mailbox
from mainstay.mail.parsed import Address, Trust


def own() -> Own:
    """Return how this desk recognises itself. One query."""
    addresses = Mailbox.objects.exclude(address="").values_list("address", flat=True)
    return Own(frozenset(address.casefold() for address in (settings.SUPPORT_ADDRESS, *addresses)), signer())


def signer() -> Signer:
    """Return what makes and recognises our Message-IDs and reply addresses."""
    return _signer(settings.SECRET_KEY, domain())


@lru_cache(maxsize=8)
def _signer(secret: str, domain: str) -> Signer:
    return Signer((hashlib.sha256(f"mainstay mail {secret}".encode()).digest(),), domain)


def domain() -> str:
    """Return the domain that our Message-IDs are made in."""
    return settings.SUPPORT_ADDRESS.rpartition("@")[2].lower() or "localhost"


def severities(at: datetime) -> Mapping[str, int]:
    """Return the severities that a sender may name: level by name in lower case. One query."""
    return _severities(contracts.default_agreement(at).source)


@lru_cache(maxsize=8)
def _severities(source: str) -> Mapping[str, int]:
    return {str(one["name"]).lower(): int(one["level"]) for one in tomllib.loads(source)["severity"]}


def sender(name: str = "") -> Address:
    """Return what stands in From: always our own address, with the name of who writes where a person does."""
    return Address(name, settings.SUPPORT_ADDRESS)


def trust_of(mailbox: Mailbox | None) -> Trust:
    """Return whose authentication results are believed in mail from `mailbox`, or from our own mail server."""
    if mailbox is None:
        return Trust(settings.TRUSTED_AUTHSERV_ID)
    return Trust(mailbox.authserv_id, tuple(mailbox.received_by), mailbox.strips_forged)
