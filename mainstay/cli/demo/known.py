"""What the desk of the demo knows: issues in every status, and the tickets that are about them."""

from __future__ import annotations

from datetime import datetime, timedelta

from mainstay.cli.demo import cast
from mainstay.contracts.models import Product
from mainstay.knowledge import actions
from mainstay.knowledge.actions import Said
from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket

# (days ago, product, what is known, subject of the tickets that are about it)
ISSUES = (
    (150, "turnstile", Said(
        "Codes by text message come late on one network",
        "Codes by text message come late or have expired when they arrive; a new starter cannot register her phone.",
        "fixed", "5.3",
        "Please let them sign in with a smartcard, or with the app in place of text messages.",
        "Release 5.3 keeps a code for ten minutes and sends it by a second route when the first is slow.",
    ), "Codes by text message come late"),
    (40, "lantern", Said(
        "Boards go blank after the nightly restart",
        "Lantern whiteboards go blank, come back without patients, or show yesterday's list until somebody refreshes.",
        "workaround", "",
        "Please choose 'Reload' in the board's menu; patients are back within a minute.",
    ), ""),
    (12, "ferry", Said(
        "Letters queue after the hospital's gateway renews its certificate",
        "Ferry delivers nothing, letters to the hospital are queued since last night, nothing is lost.",
        "planned", "3.8", "Please restart the Ferry service once; what is queued leaves by itself, in order.",
    ), ""),
    (2, "turnstile", Said(
        "Sign-in takes a minute at some practices",
        "Sign-in takes a minute or more in the morning at some practices; others are as usual.",
    ), ""),
)  # fmt: skip


def write_down(*, at: datetime) -> None:
    """Add the issues as they came up, and link what was about one."""
    by = {one.key: Person.objects.get(email=one.address) for one in cast.STAFF}
    for days, product, said, subject in ISSUES:
        then = at - timedelta(days=days)
        about = Said(
            said.title, said.symptoms, said.status, said.release, said.workaround, said.solution,
            products=[Product.objects.get(key=product)],
        )  # fmt: skip
        issue = actions.add_issue(said=about, by=by["tess"], at=then)
        for ticket in Ticket.objects.filter(subject=subject, merged_into=None).order_by("pk") if subject else ():
            actions.link(ticket=ticket, issue=issue, by=by["jon"], at=at)
