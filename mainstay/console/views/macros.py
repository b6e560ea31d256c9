"""Macros: offered in the composer filled in, and kept on a page of their own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.macro_forms import MacroForm
from mainstay.console.render import fragment, page
from mainstay.console.settling import onward, settle
from mainstay.console.views.tickets import ticket_or_404
from mainstay.console.ways import WAYS
from mainstay.lib.time import now
from mainstay.mail import wording
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone
from mainstay.tickets.actions import CannotDo
from mainstay.writing import macros
from mainstay.writing.models import Macro

WORDS = {way.key: way.label for way in WAYS}


@door("GET")
def offered(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Return the macros for one ticket, their names filled in, for the composer to offer."""
    found = ticket_or_404(request, reference, at=now())
    by = me(request)
    lines = [
        {"macro": one, "text": macros.filled(one, found, by), "does": does(one)} for one in macros.visible(by)
    ]
    return fragment(request, "tickets/macros.html", {"lines": lines})


@door("GET")
def macro_list(request: HttpRequest) -> HttpResponseBase:
    """Show the macros that one may use, with how often and when each was used last."""
    at, by = now(), me(request)
    lines = [
        {
            "macro": one,
            "does": does(one),
            "may": macros.may_change(one, by),
            "last": moment(one.last_used_at, desk_zone(), now=at),
        }
        for one in macros.visible(by)
    ]
    return page(request, "order/macros.html", {"lines": lines}, current="macros", at=at)


@door("GET", "POST")
def macro_add(request: HttpRequest) -> HttpResponseBase:
    """Add a macro."""
    return _edit(request, None)


@door("GET", "POST")
def macro_edit(request: HttpRequest, macro_id: int) -> HttpResponseBase:
    """Change a macro."""
    macro = _macro_or_404(request, macro_id)
    if not macros.may_change(macro, me(request)):
        raise Http404("There is no such macro of yours.")
    return _edit(request, macro)


@door("POST")
def macro_preview(request: HttpRequest) -> HttpResponseBase:
    """Show a macro's text with sample values, or what is wrong with it; of a text not begun yet, nothing."""
    text = request.POST.get("text", "")
    faults = macros.faults(text) if text.strip() else []
    context = {"faults": faults, "shown": "" if faults else macros.sample(text)}
    return fragment(request, "order/macro_preview.html", context)


@door("POST")
def macro_delete(request: HttpRequest, macro_id: int) -> HttpResponseBase:
    """Delete a macro; the line that says so can undo it."""
    return _set_deleted(request, macro_id, deleted=True)


@door("POST")
def macro_restore(request: HttpRequest, macro_id: int) -> HttpResponseBase:
    """Bring a deleted macro back."""
    return _set_deleted(request, macro_id, deleted=False)


def does(macro: Macro) -> str:
    """Say what a macro does beside its text, empty where it does nothing."""
    parts = [
        WORDS.get(macro.how, "") if macro.how not in ("", "reply") else "",
        f"team {macro.team.name}" if macro.team else "",
        "assign to you" if macro.takes else "",
        f"tag {macro.tag.name}" if macro.tag else "",
    ]
    return ", ".join(part for part in parts if part)


def _edit(request: HttpRequest, macro: Macro | None) -> HttpResponseBase:
    at, by = now(), me(request)
    form = MacroForm(request.POST or None, macro=macro, may_share=at_least(by, StaffRole.MANAGER))

    def act(said: dict[str, Any]) -> None:
        macros.save(said=macros.Said(**said), by=by, at=at, macro=macro)

    if request.method == "POST" and settle(request, form, act, said="The macro is saved.", at=at):
        return onward(request, reverse("console:macros"))
    context = {
        "form": form,
        "macro": macro,
        "names": [(name, wording.NAMES[name][0]) for name in macros.NAMES],
        "nonce": sending.nonce(),
        "action": request.path,
    }
    return page(request, "order/macro.html", context, current="macros", status=422 if form.errors else 200)


def _set_deleted(request: HttpRequest, macro_id: int, *, deleted: bool) -> HttpResponseBase:
    at = now()
    macro = _macro_or_404(request, macro_id)
    try:
        macros.set_deleted(macro=macro, deleted=deleted, by=me(request), at=at)
        if deleted:
            back = reverse("console:macro_restore", args=[macro_id])
            messages.info(request, f"The macro {macro.name} is deleted.", extra_tags=f"undo:{back}")
        else:
            messages.info(request, f"The macro {macro.name} is back.")
    except CannotDo as error:
        messages.error(request, str(error))
    return onward(request, reverse("console:macros"))


def _macro_or_404(request: HttpRequest, macro_id: int) -> Macro:
    """Return a macro that who asks may see, deleted or not; another person's own is none."""
    found = Macro.objects.select_related("team", "tag").filter(pk=macro_id).first()
    if found is None or found.owner_id not in (None, me(request).pk):
        raise Http404("There is no such macro.")
    return found
