"""Reads of what staff were told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from mainstay.escalation.models import Notice
from mainstay.orgs.models import Person

URGENT = ("breach", "escalation", "escalation_request", "call_back_due")
# About promises. The rest is shown, and mailed to nobody.
MAILED = (
    "warning", "breach", "escalation", "escalation_request", "update_due", "unanswered", "call_back", "call_back_due",
    "complaint", "low_rating",
)  # fmt: skip
KINDS = (*MAILED, "assignment", "reply", "mention", "severity", "woken", "release")
BUNDLE = timedelta(
    minutes=15
)  # warnings wait this long for company; what is urgent takes all that waits with it


def bundles_to_mail(at: datetime) -> dict[Person, list[Notice]]:
    """Return, per person, the notices to be put into one letter now: nobody gets fifty mails in a storm."""
    waiting: dict[Person, list[Notice]] = {}
    for notice in (
        Notice.objects.filter(mailed_at=None, kind__in=MAILED).select_related("person", "ticket").order_by("at", "id")
    ):
        waiting.setdefault(notice.person, []).append(notice)
    return {
        person: notices
        for person, notices in waiting.items()
        if any(notice.kind in URGENT for notice in notices) or notices[0].at <= at - BUNDLE
    }


def unseen(person: Person) -> QuerySet[Notice]:
    """Return what `person` has not looked at yet, newest first."""
    return Notice.objects.filter(person=person, seen_at=None).select_related("ticket").order_by("-at", "-id")


def of(person: Person) -> QuerySet[Notice]:
    """Return all that `person` was ever told, newest first."""
    return Notice.objects.filter(person=person).select_related("ticket").order_by("-at", "-id")


def newest_id(person: Person) -> int:
    """Return the number of the newest notice to `person`, 0 before the first."""
    return Notice.objects.filter(person=person).aggregate(last=Max("pk"))["last"] or 0
