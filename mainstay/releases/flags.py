"""What managers are told of releases: that none is planned although somebody waits, and that a day has passed."""

from __future__ import annotations

from datetime import datetime

from mainstay.contracts.queries import home_zone
from mainstay.escalation import actions as escalation
from mainstay.escalation.models import Notice
from mainstay.orgs.models import Person, StaffRole
from mainstay.releases.models import Release, Stage
from mainstay.tickets.models import Ticket

KIND = "release"


def none_planned(ticket: Ticket, *, at: datetime) -> None:
    """Tell managers that a request waits for a release that nobody has planned; once until they have looked."""
    if ticket.product is None:
        text = f"{ticket.reference}: waits for a release, and nobody has said of which product"
        about = f"no_product:{ticket.pk}"
    else:
        text = f"{ticket.product.name}: a request waits for its next release, and none is planned"
        about = f"no_release:{ticket.product.pk}"
    known = Notice.objects.filter(kind=KIND, about=about, seen_at=None).values("person")
    people = [person for person in managers() if person.pk not in {row["person"] for row in known}]
    escalation.remind(people=people, kind=KIND, text=text, about=about, due_at=at, at=at, ticket=ticket)


def say_late(at: datetime) -> int:
    """Tell managers, once for each day that was planned, of releases whose day has passed. Returns how many."""
    today = at.astimezone(home_zone(at)).date()
    told = 0
    for release in Release.objects.filter(stage=Stage.PLANNED, planned_on__lt=today).select_related("product"):
        about = f"late:{release.pk}:{release.planned_on:%Y%m%d}"
        if not Notice.objects.filter(kind=KIND, about=about).exists():
            text = f"{release} was planned for {release.planned_on:%d.%m.%Y} and has not shipped. Ship it, or move it."
            escalation.remind(people=managers(), kind=KIND, text=text, about=about, due_at=at, at=at, ticket=None)
            told += 1
    return told


def managers() -> list[Person]:
    """Return the active managers and administrators."""
    roles = (StaffRole.MANAGER, StaffRole.ADMINISTRATOR)
    return list(Person.objects.filter(is_active=True, staff_role__in=roles).order_by("pk"))
