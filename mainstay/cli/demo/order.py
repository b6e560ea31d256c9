"""How the desk of the demo keeps order: tags, fields of its products, macros, and views that somebody has kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstay.cli.demo import cast
from mainstay.clocks.filters import Asked, own_key
from mainstay.clocks.listing import Wanted
from mainstay.contracts.models import Product
from mainstay.orgs.models import Person, Team
from mainstay.tickets import actions, fields, tags
from mainstay.tickets.models import Field, State, Tag, Ticket
from mainstay.views import actions as views
from mainstay.writing import macros
from mainstay.writing.macros import Said

MOST = 24  # tickets that are put in order: enough to be seen, and soon done
# (a word of the subject, the product that it is about, the tag that it gets)
ABOUT = (
    ("smartcard", "turnstile", "smartcards"), ("sign-in", "turnstile", "sign-in"), ("code", "turnstile", "sign-in"),
    ("turnstile", "turnstile", "sign-in"), ("board", "lantern", "wards"), ("lantern", "lantern", "wards"),
    ("patient", "lantern", "wards"), ("certificate", "ferry", "certificates"), ("letter", "ferry", "letters"),
    ("ferry", "ferry", "letters"), ("document", "ferry", "letters"),
)  # fmt: skip
# (product or none for all, name, kind, what there is to choose from)
FIELDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("", "Sites affected", "number", ()),
    ("", "Patient safety reviewed", "yes_no", ()),
    ("turnstile", "Reader", "choice", ("Omnikey 3121", "Gemalto CT30", "Built into the laptop")),
    ("lantern", "Ward", "text", ()),
    ("ferry", "Certificate runs out", "date", ()),
)
HELD: dict[str, Sequence[Any]] = {
    "Sites affected": (1, 3, 12),
    "Patient safety reviewed": (True, True, False),
    "Reader": ("Omnikey 3121", "Gemalto CT30", "Omnikey 3121"),
    "Ward": ("Elm ward", "Children's ward", "Admissions"),
    "Certificate runs out": (30, 9, 120),  # days from now
}


def keep(*, at: datetime) -> None:
    """Put the tickets in order, and keep what people keep. No clock moves, and nothing seems to be new by it."""
    by = {one.key: Person.objects.get(email=one.address) for one in cast.STAFF}
    begun = at - timedelta(days=30)
    made = {
        name: fields.set_field(
            by=by["max"], at=begun, name=name, kind=kind, options=options,
            product=Product.objects.filter(key=product).first(),
        )
        for product, name, kind, options in FIELDS
    }  # fmt: skip
    open_ones = Ticket.objects.filter(merged_into=None, verification="verified").exclude(state=State.CLOSED)
    for place, ticket in enumerate(open_ones.order_by("-pk")[:MOST]):
        _describe(ticket, place, made, by=by["jon"], day=at.date())
    _write_macros(by, at=begun)
    _keep_views(made, by, at=begun)


def _describe(ticket: Ticket, place: int, made: dict[str, Field], *, by: Person, day: date) -> None:
    """Say what a ticket is about, as of its last change. Every fourth is left as it is, as at any desk."""
    about = next((one for one in ABOUT if one[0] in ticket.subject.lower()), None)
    if about is None:
        return
    at, (_, key, tag) = ticket.changed_at, about
    product = Product.objects.get(key=key)
    if ticket.product_id is None:
        actions.set_details(ticket=ticket, at=at, actor=by.ref, missing=ticket.missing, product=product)
    tags.tag(ticket=ticket, name=tag, by=by, at=at)
    if place % 4 == 3:
        return
    held: dict[int, Any] = {}
    for name, field in made.items():
        if field.product_id in (None, ticket.product_id or product.pk):
            value = HELD[name][place % 3]
            held[field.pk] = day + timedelta(days=value) if field.kind == "date" else value
    fields.fill_in(ticket=ticket, values=held, by=by, at=at)


def _write_macros(by: dict[str, Person], *, at: datetime) -> None:
    technical = Team.objects.get(key="technical")
    smartcards = Tag.objects.filter(name="smartcards").first()
    for who, said in (
        ("max", Said(
            "Ask for a log",
            "{{ greeting }}\n\nplease send us the log of the machine on which it happens: menu 'Help', then 'Save "
            "log'. Your reference is {{ reference }}.",
            shared=True, how="ask",
        )),
        ("max", Said(
            "Hand over to the Technical Team",
            "{{ greeting }}\n\nwe have passed this to our Technical Team with everything that you told us. You need "
            "not repeat anything.",
            shared=True, how="progress", team=technical,
        )),
        ("max", Said(
            "Restart the reader",
            "{{ greeting }}\n\nplease unplug the reader, wait for ten seconds, and plug it in again. If the light "
            "stays red, tell us, and we send another.",
            shared=True, tag=smartcards,
        )),
        ("ida", Said("I take it", "{{ greeting }}\n\nI have taken this on myself.\n\n{{ agent }}", takes=True)),
    ):  # fmt: skip
        macros.save(said=said, by=by[who], at=at)


def _keep_views(made: dict[str, Field], by: dict[str, Person], *, at: datetime) -> None:
    def wanted(*asked: Asked) -> Wanted:
        return Wanted(filters=asked, zone=ZoneInfo("Europe/London"))

    sites, reviewed = own_key(made["Sites affected"]), own_key(made["Patient safety reviewed"])
    grave = wanted(Asked("severity", ("1", "2")))
    wide = wanted(Asked(sites, ("3..",)))
    columns = ("severity", "subject", "organisation", "assignee", "due", f"field-{made['Sites affected'].pk}")
    views.save(name="Severity 1 and 2", wanted=grave, by=by["max"], at=at, shared=True)
    views.save(name="Several sites", wanted=wide, by=by["max"], at=at, shared=True, columns=columns)
    views.save(name="Not reviewed yet", wanted=wanted(Asked(reviewed, ("no", "none"))), by=by["ida"], at=at)
