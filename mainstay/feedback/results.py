"""Reads of what was said: per month, product, team or client, with care for small numbers (R3.9).

Below FEW answers no average is told: it would say what one person said. How many answered is always told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from mainstay.feedback.models import Part, Rating, Survey

FEW = 5
BY: Mapping[str, tuple[str, str]] = {  # what results are told by: words, and the column of it
    "month": ("Month", "month"),
    "product": ("Product", "ticket__product__name"),
    "team": ("Team", "ticket__team__name"),
    "client": ("Client", "ticket__organisation__name"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What results are asked for: told `by` what, of surveys sent in [since, until), and narrowed."""

    by: str = "month"
    since: datetime | None = None
    until: datetime | None = None
    client: str = ""  # key
    product: str = ""  # key
    low: bool = False  # only with a rating at or below what the desk calls low


@dataclass(frozen=True, slots=True)
class Line:
    """One group: how many were asked and answered, and the average of each part, None where too few say it."""

    name: str
    asked: int
    answered: int
    averages: tuple[float | None, ...]
    overall: float | None


def surveys(wanted: Wanted) -> QuerySet[Survey]:
    """Return the surveys that are meant. Those withdrawn were never asked for an answer."""
    found = Survey.objects.filter(withdrawn_at=None)
    if wanted.since is not None:
        found = found.filter(sent_at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(sent_at__lt=wanted.until)
    if wanted.client:
        found = found.filter(ticket__organisation__key=wanted.client)
    if wanted.product:
        found = found.filter(ticket__product__key=wanted.product)
    return found


def table(wanted: Wanted, parts: Sequence[Part], *, zone: ZoneInfo) -> list[Line]:
    """Return the results, months newest first and names in order. Two queries, whatever there is."""
    column = BY[wanted.by][1]
    found = surveys(wanted)
    if wanted.by == "month":
        found = found.annotate(month=TruncMonth("sent_at", tzinfo=zone))
    counted = found.order_by().values_list(column).annotate(
        asked=Count("pk"), answered=Count("pk", filter=~Q(answered_at=None))
    )  # fmt: skip
    ratings = Rating.objects.filter(survey__in=surveys(wanted))
    of_survey = f"survey__{column}"
    if wanted.by == "month":
        ratings, of_survey = ratings.annotate(month=TruncMonth("survey__sent_at", tzinfo=zone)), "month"
    rated = ratings.order_by().values_list(of_survey, "part").annotate(number=Count("pk"), average=Avg("value"))
    by_group: dict[object, dict[int, tuple[int, float]]] = {}
    for group, part, number, average in rated:
        by_group.setdefault(group, {})[part] = number, float(average)
    lines = [_line(group, asked, answered, by_group.get(group, {}), parts) for group, asked, answered in counted]
    lines.sort(key=lambda line: line[0], reverse=wanted.by == "month")
    return [line for _, line in lines]


def _line(
    group: object, asked: int, answered: int, rated: Mapping[int, tuple[int, float]], parts: Iterable[Part]
) -> tuple[str, Line]:
    averages = tuple(_enough(*rated.get(part.pk, (0, 0.0))) for part in parts)
    number = sum(count for count, _ in rated.values())
    total = sum(count * average for count, average in rated.values())
    overall = total / number if number and answered >= FEW else None
    name = group.strftime("%B %Y") if isinstance(group, datetime) else str(group or "None")
    order = group.isoformat() if isinstance(group, datetime) else str(group or "").casefold()
    return order, Line(name, asked, answered, averages, overall)


def _enough(number: int, average: float) -> float | None:
    return average if number >= FEW else None


def answers(wanted: Wanted, *, low: int, before: int | None = None) -> QuerySet[Survey]:
    """Return the surveys that were answered, the one sent last first, below the id `before`."""
    found = surveys(wanted).exclude(answered_at=None)
    if wanted.low:
        found = found.filter(pk__in=Rating.objects.filter(value__lte=low).values("survey"))
    if before is not None:
        found = found.filter(pk__lt=before)
    related = ("ticket__organisation", "ticket__product", "ticket__team", "complaint")
    return found.select_related(*related).prefetch_related("ratings__part").order_by("-pk")
