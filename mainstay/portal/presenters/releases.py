"""Releases, announcements and known issues as clients read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.knowledge.models import KnownIssue, News, Status
from mainstay.orgs.models import Person
from mainstay.portal.environment import url
from mainstay.releases import queries
from mainstay.releases.models import Announcement, Edition, Kind, Place, Release, Round, Stage
from mainstay.screens.zones import desk_zone


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One release: what it is, its day in a sentence, and how many of the reader's own requests wait for it."""

    name: str
    href: str
    kind: str
    day: str
    shipped: bool
    notes: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Mine:
    """One of the reader's requests in a release."""

    reference: str
    subject: str
    solved: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was said at one time."""

    title: str
    text: str
    day: str


@dataclass(frozen=True, slots=True)
class AnnouncementLine:
    """One announcement as it stands."""

    title: str
    href: str
    text: str
    effective: str
    products: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One known issue as it stands."""

    name: str
    title: str
    href: str
    standing: str
    fixed: bool
    products: str
    versions: str
    changed: str
    helps: str  # what solves it, or else what helps until then


def day(of: date | datetime) -> str:
    """Return a day in words: 'Tuesday 3 February 2026'; of a moment, where the vendor's hours are written."""
    local = of.astimezone(desk_zone()).date() if isinstance(of, datetime) else of
    return date_format(local, "l j F Y")


def release_line(release: Release) -> ReleaseLine:
    """Return one release; `waiting` where the query counted it."""
    number = getattr(release, "waiting", 0)
    return ReleaseLine(
        str(release), url("release", release.pk), _kind(release.kind), _day_of(release),
        release.stage == Stage.SHIPPED, release.notes,
        ngettext("%d request of yours waits for it", "%d requests of yours wait for it", number) % number
        if number else "",
    )  # fmt: skip


def _kind(kind: str) -> str:
    return {
        Kind.MAJOR: _("Major release"), Kind.MINOR: _("Minor release"), Kind.DOCUMENTATION: _("Documentation release"),
    }[Kind(kind)]  # fmt: skip


def _day_of(release: Release) -> str:
    if release.shipped_at is not None:
        return _("Out since %s") % day(release.shipped_at)
    return _("Planned for %s") % day(release.planned_on)


def beside(of: str, after: str, before: str) -> tuple[str, str]:
    """Return the addresses of the page before and of the one after, of one list."""
    return f"?of={of}&before={before}" if before else "", f"?of={of}&after={after}" if after else ""


def mine(release: Release, person: Person, *, at: datetime) -> list[Mine]:
    """Return the requests in a release that `person` may see."""
    places = queries.places_in(release, person, at=at)[:200]
    return [
        Mine(one.ticket.reference, one.ticket.subject or _("(no subject)"), one.end == Place.End.SHIPPED)
        for one in places
    ]


def moves(rounds: Iterable[Round]) -> list[Told]:
    """Return how the day of a release moved, the newest first."""
    return [
        Told(_("Moved from %(before)s to %(after)s") % {"before": day(one.before), "after": day(one.after)},
             one.reason, day(one.at))
        for one in rounds
        if one.change == Round.Change.MOVED and one.before and one.after
    ]  # fmt: skip


def announcement_line(one: Announcement) -> AnnouncementLine:
    """Return one announcement."""
    withdrawn = one.stage == Announcement.Stage.WITHDRAWN
    words = _("Withdrawn: this change does not come") if withdrawn else _("Takes effect on %s") % day(one.effective_on)
    return AnnouncementLine(one.title, url("announcement", one.pk), one.text, words, _products(one), withdrawn)


def editions(found: Iterable[Edition]) -> list[Told]:
    """Return what was said of an announcement when, the newest first."""
    return [Told(_edition(one), one.reason, day(one.at)) for one in found]


def _edition(one: Edition) -> str:
    if one.sort == Edition.Sort.WITHDRAWN:
        return _("Withdrawn")
    words = _("Corrected") if one.sort == Edition.Sort.CORRECTED else _("Announced")
    notice = ngettext("with %d day's notice", "with %d days' notice", max(0, one.notice_days)) % max(0, one.notice_days)
    return f"{words}, {notice}"


def issue_line(issue: KnownIssue) -> IssueLine:
    """Return one known issue."""
    return IssueLine(
        issue.name, issue.title, url("issue", issue.pk), _standing(issue), issue.status == Status.FIXED,
        _products(issue), issue.versions, day(issue.changed_at), issue.solution.strip() or issue.workaround.strip(),
    )  # fmt: skip


def _standing(issue: KnownIssue) -> str:
    release = str(issue.fixed_in) if issue.fixed_in else issue.release
    return {
        Status.INVESTIGATING: _("We are looking for the cause"),
        Status.WORKAROUND: _("There is a way around it"),
        Status.PLANNED: _("A fix is planned for %s") % release if release else _("A fix is planned"),
        Status.FIXED: _("Fixed in %s") % release,
    }[Status(issue.status)]


def statuses() -> list[tuple[str, str]]:
    """Return what known issues can be narrowed by."""
    return [
        (Status.INVESTIGATING, _("Cause not known yet")), (Status.WORKAROUND, _("With a way around it")),
        (Status.PLANNED, _("Fix planned")), (Status.FIXED, _("Fixed")),
    ]  # fmt: skip


def news(found: Iterable[News]) -> list[Told]:
    """Return the news of an issue, the newest first."""
    return [Told(day(one.at), one.text, day(one.at)) for one in found]


def _products(row: Announcement | KnownIssue) -> str:
    return ", ".join(sorted(one.name for one in row.products.all())) or _("All products")
