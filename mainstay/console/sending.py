"""What every form that changes something shares: sent twice is done once, and letters can be taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.outbox.models import Letter
from mainstay.tickets.models import Message

REMEMBERED = 24 * 60 * 60  # seconds for which a form that was sent is recognised


class Refused(ValueError):
    """The form cannot be taken; the message says why."""


def nonce() -> str:
    """Return what makes one showing of a form different from every other."""
    return secrets.token_urlsafe(12)


@contextmanager
def once(request: HttpRequest, *, at: datetime) -> Iterator[None]:
    """Run the block in one transaction, and refuse the same showing of a form a second time (a double click, a reload).

    If the block fails, the form may be sent again.
    """
    token = request.POST.get("nonce", "")
    key = _key(request, request.path, token)
    if token and not cache.add(key, "1", REMEMBERED):
        raise Refused("This was sent already. Look at the thread before you send it again.")
    try:
        with transaction.atomic():
            yield
    except BaseException:
        cache.delete(key)
        raise


def is_spent(request: HttpRequest, path: str) -> bool:
    """Whether the showing of the form at `path` that this request speaks of has been sent already."""
    return cache.get(_key(request, path, request.POST.get("nonce", ""))) is not None


def _key(request: HttpRequest, path: str, token: str) -> str:
    return "form:" + hashlib.sha256(f"{request.user.pk}:{path}:{token}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A letter as it would go out."""

    subject: str
    to: str
    text: str


def rehearse(write: Callable[[], object]) -> Rehearsed | None:
    """Return the letter that `write` would send. All of it is taken back: nothing is kept, and nobody hears of it."""
    with transaction.atomic():
        made = write()
        transaction.set_rollback(True)
    if not isinstance(made, Message):
        return None
    return Rehearsed(made.subject, ", ".join(made.recipients), made.text)


def by_script(request: HttpRequest) -> bool:
    """Whether a script asks and wants a fragment."""
    return request.headers.get("HX-Request") == "true"


def done(request: HttpRequest, href: str) -> HttpResponseBase:
    """Send the browser on after a change, whether a script or the browser itself asked."""
    if by_script(request):
        return HttpResponse(status=204, headers={"Mainstay-Go": href})
    return redirect(href)


def offer_undo(request: HttpRequest, made: object, text: str) -> None:
    """Say what has happened, with a way to take it back while its letter is held."""
    letter = made if isinstance(made, Letter) else getattr(made, "letter", None)
    if isinstance(letter, Letter) and letter.hold_until:
        messages.info(request, text, extra_tags=f"undo:{reverse('console:undo', args=[letter.pk])}")
    else:
        messages.info(request, text)


def remember(request: HttpRequest, made: object, text: str) -> None:
    """Keep what was typed until the next letter, so that taking the letter back gives it back too."""
    letter = getattr(made, "letter", None)
    request.session["sent"] = {"letter": str(letter.pk) if letter else "", "text": text}


def again(request: HttpRequest, letter_id: object) -> bool:
    """Whether what was typed for that letter is still kept."""
    return bool(request.session.get("sent", {}).get("letter") == str(letter_id))


def remembered(request: HttpRequest) -> str:
    """Return what was typed for the letter that was taken back last."""
    return str(request.session.get("sent", {}).get("text", ""))
