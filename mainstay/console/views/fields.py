"""The desk's own fields, as managers keep them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.field_forms import BackForm, FieldForm
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.tickets import fields
from mainstay.tickets.models import Field

MANAGER = StaffRole.MANAGER


@door("GET")
def field_list(request: HttpRequest) -> HttpResponseBase:
    """Show every field, retired ones last."""
    found = Field.objects.select_related("product").order_by("name", "pk")
    context = {
        "lines": sorted(found, key=lambda field: field.retired_at is not None),
        "may": at_least(me(request), MANAGER),
    }
    return page(request, "order/fields.html", context, current="fields")


@door("GET", "POST", role=MANAGER)
def field_add(request: HttpRequest) -> HttpResponseBase:
    """Make a field."""
    return _field(request, None)


@door("GET", "POST", role=MANAGER)
def field_edit(request: HttpRequest, field_id: int) -> HttpResponseBase:
    """Change a field's name, its list, or whether it is needed. What it holds stays."""
    return _field(request, _field_or_404(field_id))


@door("POST", role=MANAGER)
def field_retire(request: HttpRequest, field_id: int) -> HttpResponseBase:
    """Offer a field no more, or again."""
    at, field, form = now(), _field_or_404(field_id), BackForm(request.POST)

    def act(said: dict[str, Any]) -> None:
        fields.retire(field=field, by=me(request), at=at, back=said["back"])

    if not settle(request, form, act, said="Saved. Tickets keep what the field holds.", at=at):
        messages.error(request, "That could not be saved. Try again.")
    return onward(request, reverse("console:fields"))


def _field(request: HttpRequest, field: Field | None) -> HttpResponseBase:
    at = now()
    form = FieldForm(request.POST if request.method == "POST" else None, field=field)

    def act(said: dict[str, Any]) -> None:
        kept = {"kind": field.kind, "product": field.product} if field else {}
        fields.set_field(field=field, by=me(request), at=at, **(said | kept))

    if request.method == "POST" and settle(request, form, act, said="The field is saved.", at=at):
        return onward(request, reverse("console:fields"))
    context = {
        "form": form,
        "title": f"Change the field {field.name}" if field else "Add a field",
        "back": reverse("console:fields"),
        "nonce": sending.nonce(),
    }
    return page(
        request, "order/field.html", context, current="fields", status=422 if form.errors else 200, at=at
    )


def _field_or_404(field_id: int) -> Field:
    found = Field.objects.select_related("product").filter(pk=field_id).first()
    if found is None:
        raise Http404("There is no such field.")
    return found
