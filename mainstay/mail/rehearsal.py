"""How a text would read as a letter, with samples or with what is true of a ticket; nothing is sent but a test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from mainstay.contracts import queries as contracts
from mainstay.core.terms import Terms
from mainstay.lib.language import in_ours as _
from mainstay.lib.language import ours
from mainstay.mail import (
    circulars,
    compose,
    desk,
    known,
    letterhead,
    letters,
    paper,
    phrases,
    promised,
    wording,
)
from mainstay.mail.letterhead import Sheet
from mainstay.mail.paper import Paper
from mainstay.mail.parsed import Address
from mainstay.orgs.models import Brand, Logo, Person
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Kind, Ticket

PROMISE = "Severity 2. We aim to solve this by Monday 23 November 2026, 16:00 GMT."
TEST = "test"


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as it would leave: its subject, what stands on the sheet, and the paper."""

    subject: str
    sheet: Sheet
    paper: Paper

    @property
    def text(self) -> str:
        """Return the plain form."""
        return letterhead.plain(self.sheet, self.paper.head)


@ours
def shown(
    key: str,
    text: wording.Text,
    *,
    by: Person,
    at: datetime,
    ticket: Ticket | None = None,
    brand: Brand | None = None,
    logo: Logo | None = None,
) -> Shown:
    """Return how `text` reads. What a person would write, and what the ticket does not say, is the sample's.

    Raises BadText with every fault. A few queries where there is a ticket.
    """
    wording.check(key, text)
    kind, brand = wording.KINDS[key], brand or known.brand()
    vendor = brand.name or (letters.vendor_of(ticket.terms) if ticket else circulars.vendor_now(at))
    values = {name: wording.NAMES[name][1] for name in kind.names}
    values |= {"agent": by.name, "vendor": vendor} | (_true_of(ticket) if ticket else {})
    said = wording.fill(text, values)
    title = letters.one_line(said.subject)
    reference = values["reference"] if "reference" in kind.names else ""
    told = ""
    if kind.promise:
        told = promised.sentence(ticket, {}, at=at) if ticket else PROMISE
    link = paper.link_to(ticket) if ticket else f"{settings.BASE_URL}/portal/requests/{reference}/"
    sheet = paper.laid_out(
        kind, title, said.body, told=told, reference=reference, verified=ticket is None or ticket.verified, link=link
    )
    subject = compose.subject_line(title, reference=reference)
    return Shown(subject, sheet, paper.of(brand, vendor, logo))


def _true_of(ticket: Ticket) -> dict[str, str]:
    terms = contracts.load(ticket.terms)
    found = {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "greeting": phrases.greeting(ticket.requester_name),
        "kind": _("complaint") if ticket.kind == Kind.COMPLAINT else _("request"),
        "organisation": ticket.organisation.name if ticket.organisation else "",
        "reported": phrases.moment(ticket.reported_at, phrases.zone_of(terms)),
        "asked": phrases.asked(ticket.missing),
        "hours": phrases.out_of_hours(terms, ticket.reported_at),
    }
    return found | (_graded(ticket.severity, terms) if ticket.severity else {})


def _graded(severity: int, terms: Terms) -> dict[str, str]:
    level = next((one for one in terms.severities if one.level == severity), None)
    name = f"{level.name}. {level.impact}".rstrip(".") if level else ""
    return {"severity": str(severity), "severity_name": name}


def send_test(found: Shown, *, to: Person, at: datetime) -> Letter:
    """Send a letter as it is shown to one of us, marked as a test: it is about no ticket and does nothing to one."""
    text, html, pictures = found.paper.written(found.sheet)
    message_id = desk.signer().make_message_id(f"n{secrets.token_hex(12)}")
    body = compose.build(
        sender=desk.sender(letters.one_line(found.paper.head.name)[:100]),
        to=[Address(letters.one_line(to.name)[:100], to.email)],
        subject=f"Test: {found.subject}"[:200],
        text=text,
        html=html,
        message_id=message_id,
        at=at,
        automatic="auto-generated",
        loop=desk.signer().make_loop_mark(message_id),
        pictures=pictures,
    )
    return outbox.post(
        kind=TEST, about="", sender=settings.SUPPORT_ADDRESS, recipients=[to.email], message_id=message_id, body=body,
        at=at,
    )  # fmt: skip
