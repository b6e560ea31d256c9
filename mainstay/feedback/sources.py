"""The products from inside which people may write, and the secrets that they sign with. For administrators."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.contracts.models import Product
from mainstay.feedback.models import Secret, Source
from mainstay.lib import sealed, sql
from mainstay.orgs.models import Person
from mainstay.tickets.actions import CannotDo

PURPOSE = "feedback secret"
OVERLAP = timedelta(days=1)  # a rotated secret goes on so long, so that no product is shut out meanwhile
MOST_ORIGINS = 20


@transaction.atomic
def open_source(*, product: Product, origins: Iterable[str], by: Person, at: datetime) -> tuple[Source, str]:
    """Let people write from inside `product`. Returns the source, and its first secret, which is shown only now."""
    checked = [origin_of(one) for one in origins]
    if Source.objects.filter(product=product, ended_at=None).exists():
        raise CannotDo("People can write from inside %(product)s already.", product=product.name)
    source = Source.objects.create(
        product=product, key=secrets.token_hex(8), origins=list(dict.fromkeys(checked)), made_by=by, made_at=at
    )
    return source, _make(source, by, at)


@transaction.atomic
def set_origins(*, source: Source, origins: Iterable[str], by: Person, at: datetime) -> None:
    """Say which pages may show our form in a frame."""
    source = _locked(source)
    source.origins = list(dict.fromkeys(origin_of(one) for one in origins))
    source.save(update_fields=["origins"])


@transaction.atomic
def rotate(*, source: Source, by: Person, at: datetime) -> str:
    """Make a new secret, shown only now. Those before end in a day."""
    source = _locked(source)
    good_at(at).filter(source=source, ends_at=None).update(ends_at=at + OVERLAP, ended_by=by)
    return _make(source, by, at)


@transaction.atomic
def revoke(*, secret: Secret, by: Person, at: datetime) -> None:
    """End a secret at once: whatever is signed with it is refused from now on."""
    good_at(at).filter(pk=secret.pk).update(ends_at=at, ended_by=by)


@transaction.atomic
def close_source(*, source: Source, by: Person, at: datetime) -> None:
    """Let nobody write from inside this product any more. What came stays."""
    source = _locked(source)
    good_at(at).filter(source=source).update(ends_at=at, ended_by=by)
    source.ended_at = at
    source.save(update_fields=["ended_at"])


def good_at(at: datetime) -> QuerySet[Secret]:
    """Return the secrets that hold at `at`."""
    return Secret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), made_at__lte=at)


def open_sources() -> QuerySet[Source]:
    """Return the products that people may write from."""
    return Source.objects.filter(ended_at=None).select_related("product").order_by("product__name", "pk")


def unsealed(secret: Secret) -> str:
    """Return the secret itself, to check a signature with. Raises sealed.Unreadable."""
    return sealed.unseal(secret.sealed, purpose=PURPOSE)


def origin_of(text: str) -> str:
    """Return an origin as browsers write it. Raises CannotDo. Only this computer itself may do without https."""
    parts = urlsplit(text.strip().rstrip("/").lower())
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    plain = parts.scheme == "http" and host in ("localhost", "127.0.0.1")
    whole = not (parts.path or parts.query or parts.fragment or parts.username)
    known = host and all(char.isalnum() or char in "-." for char in host) and host.isascii()
    if not (whole and known and (parts.scheme == "https" or plain)):
        raise CannotDo(
            "Write the origin of the product's pages, such as https://app.example.org, not %(text)r.",
            text=text[:80],
        )
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def _locked(source: Source) -> Source:
    found = sql.lock_rows(Source.objects.filter(ended_at=None)).filter(pk=source.pk).first()
    if found is None:
        raise CannotDo("Nobody can write from inside this product any more. Add it again.")
    return found


def _make(source: Source, by: Person, at: datetime) -> str:
    value = secrets.token_urlsafe(48)
    Secret.objects.create(
        source=source, key_id=secrets.token_hex(6), sealed=sealed.seal(value, purpose=PURPOSE), made_by=by, made_at=at
    )
    return value
