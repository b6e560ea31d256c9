"""A form that is looked at before it is done: it is done only where it still does what was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django import forms
from django.http import HttpRequest

from mainstay.console import sending
from mainstay.console.settling import settle

Shown = TypeVar("Shown")

BESIDE = ("csrfmiddlewaretoken", "nonce", "step", "seen")  # fields that are none of what was typed


@dataclass(frozen=True, slots=True)
class Look(Generic[Shown]):
    """What a form would do: nothing `shown` while it is not filled in. `differs`: it is not what was looked at last.

    `mark` goes into the form as `seen`, and comes back with it.
    """

    shown: Shown | None = None
    mark: str = ""
    differs: bool = False


def look_first(
    request: HttpRequest,
    form: forms.Form,
    *,
    show: Callable[[dict[str, Any]], Shown],
    act: Callable[[dict[str, Any]], object],
    said: str,
    at: datetime,
) -> Look[Shown] | None:
    """Do what the form asks where exactly that was looked at, and return None; or else what it would do.

    What `show` returns is compared by its `repr`: it must say all that matters, and the same for the same.
    """
    if request.method != "POST" or not form.is_valid():
        return Look()
    shown = show(form.cleaned_data)
    mark = _mark(request, shown)
    if request.POST.get("step") != "do":
        return Look(shown, mark)
    if request.POST.get("seen") != mark and not sending.is_spent(request, request.path):
        return Look(shown, mark, differs=True)
    return None if settle(request, form, act, said=said, at=at) else Look()


def _mark(request: HttpRequest, shown: object) -> str:
    """Return what stands for what was typed and for what it does."""
    typed = [
        (name, [" ".join(value.split()) for value in values])
        for name, values in sorted(request.POST.lists())
        if name not in BESIDE
    ]
    return hashlib.sha256(repr((typed, shown)).encode()).hexdigest()
