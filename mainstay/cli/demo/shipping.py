"""Releases of the demo: one that shipped, one that slipped, one to come, and an announced change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mainstay.cli.demo import cast
from mainstay.contracts.models import Product
from mainstay.contracts.queries import home_zone
from mainstay.jobs import actions as jobs
from mainstay.jobs.worker import do
from mainstay.knowledge import publishing
from mainstay.knowledge.models import KnownIssue
from mainstay.mail import telling
from mainstay.orgs.models import Person
from mainstay.releases import actions, announcing
from mainstay.releases.announcing import Wording
from mainstay.releases.models import Release


def plan(*, at: datetime) -> None:
    """Plan, move and ship, as of `at` and the weeks before, and tell whoever waits, as the worker would."""
    by = Person.objects.get(email=next(one.address for one in cast.STAFF if one.role == "manager"))
    products = {one.key: one for one in Product.objects.all()}
    shipped = _planned(products["turnstile"], "5.3", at - timedelta(days=60), 31, by, "A code is good for ten minutes.")
    actions.ship(release=shipped, by=by, at=at - timedelta(days=29))
    _planned(
        products["turnstile"], "5.4", at - timedelta(days=20), 55, by, "Sign-in no longer waits for a slow directory."
    )
    slipped = _planned(
        products["lantern"], "8.2", at - timedelta(days=14), 28, by, "The footer of printed lists can be left out."
    )
    _tell(at=at)  # before it slips: whoever waits knows the first day
    actions.move(
        release=slipped, planned_on=_day(at, 21), by=by, at=at,
        reason="A test on older printers found a fault, and we want to mend it first.",
    )  # fmt: skip
    made = announcing.draft(
        wording=Wording(
            "Ferry stops taking letters by fax",
            "Letters to Ferry by fax are no longer taken. Please send them electronically from then on.",
            _day(at, 45), [products["ferry"]],
        ),
        by=by, at=at - timedelta(days=1),
    )  # fmt: skip
    announcing.send(announcement=made, by=by, at=at - timedelta(days=1))
    for issue in KnownIssue.objects.exclude(status="investigating"):
        publishing.publish(issue=issue, by=by, at=at)
    _tell(at=at)


def _tell(*, at: datetime) -> None:
    while found := jobs.claim(lane=telling.LANE, owner="demo", at=at):
        for job in found:
            do(job, at=at)


def _planned(product: Product, name: str, at: datetime, days: int, by: Person, notes: str) -> Release:
    """Plan a release at a past moment, for a day so many days after it."""
    return actions.plan(
        product=product, name=name, kind="minor", planned_on=_day(at, days), notes=notes, by=by, at=at
    )


def _day(at: datetime, days: int) -> date:
    return (at + timedelta(days=days)).astimezone(home_zone(at)).date()
