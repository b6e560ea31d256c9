"""What letters need again and again: our texts, the brand, who takes links only, whom mail does not reach."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language, gettext

from mainstay.lib import rows
from mainstay.mail import secure, wording
from mainstay.mail.models import Suppression, Template
from mainstay.orgs.brand import brand_now
from mainstay.orgs.models import Brand

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch of letters needs again and again, looked up once for all of them."""

    texts: Mapping[str, Template]
    addresses: frozenset[str]
    suppressed: Mapping[str, Suppression]
    brand: Brand
    rules: Mapping[int, secure.Rule]


_known: ContextVar[Known | None] = ContextVar("known", default=None)


@contextmanager
def knowing(addresses: Iterable[str]) -> Iterator[None]:
    """Look up our texts, and which of these addresses are written to no more, once for the block. Four queries."""
    asked = frozenset(one.casefold() for one in addresses)
    failing = rows.among(Suppression, "address", asked)
    texts = {row.key: row for row in Template.objects.all()}
    stopped = {row.address: row for row in failing if row.suppressed_at is not None}
    token = _known.set(Known(texts, asked, stopped, brand_now(), secure.rules_now()))
    try:
        yield
    finally:
        _known.reset(token)


def text_of(key: str) -> wording.Text:
    """Return our own wording of a text, or else the shipped one. One query, unless `knowing`."""
    known = _known.get()
    edited = known.texts.get(key) if known else Template.objects.filter(key=key).first()
    return wording.Text(edited.subject, edited.text) if edited else shipped(key)


def shipped(key: str) -> wording.Text:
    """Return the shipped text in the language that is spoken; a translation that lacks a name is not used."""
    return _shipped(key, get_language() or "")


@lru_cache(maxsize=256)
def _shipped(key: str, language: str) -> wording.Text:
    english = wording.shipped(key)
    found = wording.translated(english, gettext)
    try:
        wording.check(key, found)
    except wording.BadText as error:
        log.error("The letter %s is sent in English. In %s it cannot be used: %s", key, language, error)
        return english
    return found


def brand() -> Brand:
    """Return how the vendor looks now. One query, unless `knowing`."""
    known = _known.get()
    return known.brand if known else brand_now()


def rules() -> Mapping[int, secure.Rule]:
    """Return which clients take links only. One query, unless `knowing`."""
    known = _known.get()
    return known.rules if known else secure.rules_now()


def suppressed(address: str) -> Suppression | None:
    """Return why nothing is sent to `address`, or None. One query, unless `knowing`."""
    known = _known.get()
    if known is not None and address.casefold() in known.suppressed:
        return known.suppressed[address.casefold()]
    if known is not None and address.casefold() in known.addresses:
        return None
    return Suppression.objects.filter(address=address.casefold(), suppressed_at__isnull=False).first()
