"""Announcements of changes (pack, clause 5.4): written, sent to each person concerned once, corrected, withdrawn.

What was said stays: every sending is an edition with its own recipients. A draft is seen by nobody outside the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.contracts.models import Product
from mainstay.contracts.queries import home_zone
from mainstay.core.saying import marked
from mainstay.jobs import actions as jobs
from mainstay.lib import sql
from mainstay.lib.language import day, ours
from mainstay.mail import addresses, circulars, letters, phrases, telling
from mainstay.mail.parsed import Address
from mainstay.mail.telling import Outcome, Said
from mainstay.mail.wording import Text, fill
from mainstay.orgs.models import Membership, Organisation, Person
from mainstay.releases import audience
from mainstay.releases.models import Announcement, Edition, Recipient
from mainstay.tickets.actions import CannotDo

JOB = "announcement"
SAYS, TAKES_BACK = "announcement", "announcement_withdrawn"  # the letters
WHAT = {Edition.Sort.FIRST: marked("A change is coming"), Edition.Sort.CORRECTED: marked("Correction")}


@dataclass(frozen=True, slots=True)
class Wording:
    """What an announcement says, and whom it concerns. No products: any. No organisations: all that have them."""

    title: str
    text: str
    effective_on: date
    products: Sequence[Product] = ()
    organisations: Sequence[Organisation] = ()


@dataclass(frozen=True, slots=True)
class Foretold:
    """What an edition would say, greeting nobody by name, and whom it would reach."""

    letter: Text
    people: tuple[Membership, ...]


@transaction.atomic
def draft(*, wording: Wording, by: Person, at: datetime, announcement: Announcement | None = None) -> Announcement:
    """Write an announcement, or write it anew while it is a draft. Nobody is told."""
    row = _locked(announcement) if announcement else Announcement(added_at=at, added_by=by)
    if row.stage != Announcement.Stage.DRAFT:
        raise CannotDo("It has been sent. Correct it, so that whoever read it learns what is different.")
    _write(row, wording, at)
    return row


@transaction.atomic
def send(*, announcement: Announcement, by: Person, at: datetime) -> Edition:
    """Send a draft to everybody concerned, with how many days' notice that is."""
    row = _locked(announcement)
    if row.stage != Announcement.Stage.DRAFT:
        raise CannotDo("It has been sent already.")
    if notice_days(row.effective_on, at) < 0:
        raise CannotDo("The day on which it takes effect is past. Choose a later one before sending it.")
    row.stage = Announcement.Stage.SENT
    row.save(update_fields=["stage"])
    return _edition(row, Edition.Sort.FIRST, "", by, at)


@transaction.atomic
def correct(*, announcement: Announcement, wording: Wording, reason: str, by: Person, at: datetime) -> Edition:
    """Say it anew, with what is different and why. Everybody concerned is told; so is who was told before."""
    row = _sent(announcement)
    if not reason.strip():
        raise CannotDo("Say what is corrected and why; everybody who read it is told.")
    if _is_same(row, wording):
        raise CannotDo("It says the same as before. Change what is wrong in it; then everybody is told.")
    _write(row, wording, at)
    return _edition(row, Edition.Sort.CORRECTED, reason, by, at)


@transaction.atomic
def withdraw(*, announcement: Announcement, reason: str, by: Person, at: datetime) -> Edition:
    """Take it back: the change does not come. Whoever was told is told so, and nobody else."""
    row = _sent(announcement)
    if not reason.strip():
        raise CannotDo("Say why it is withdrawn; everybody who read it is told.")
    row.stage, row.changed_at = Announcement.Stage.WITHDRAWN, at
    row.save(update_fields=["stage", "changed_at"])
    return _edition(row, Edition.Sort.WITHDRAWN, reason, by, at)


def notice_days(effective_on: date, at: datetime) -> int:
    """Return how many days' notice there is from the day that `at` is in, where the vendor's hours are written."""
    return (effective_on - at.astimezone(home_zone(at)).date()).days


def notice_words(days: int) -> str:
    """Return the notice as people say it."""
    if days < 0:
        return _("It has taken effect already.")
    if days == 0:
        return _("It takes effect today.")
    return ngettext("That is %(count)d day's notice.", "That is %(count)d days' notice.", days) % {"count": days}


@ours
def foretell(announcement: Announcement, *, sort: str, wording: Wording, reason: str = "", at: datetime) -> Foretold:
    """Return what an edition with that wording would say, and to whom. Nothing is written, and nobody is told."""
    said = Edition(
        announcement=announcement, sort=sort, title=wording.title.strip(), text=wording.text.strip(),
        effective_on=wording.effective_on, notice_days=notice_days(wording.effective_on, at), reason=reason.strip(),
    )  # fmt: skip
    key, filled = _letter(said, [one.name for one in wording.products], "")
    if sort == Edition.Sort.WITHDRAWN:
        people = audience.told_before(announcement, at=at)
    else:
        products, clients = [one.pk for one in wording.products], [one.pk for one in wording.organisations]
        people = audience.concerned_by(announcement, products, clients, at=at)
    return Foretold(fill(letters.text_of(key), {"vendor": circulars.vendor_now(at), **filled}), tuple(people))


def wording_of(announcement: Announcement) -> Wording:
    """Return what an announcement says as it stands."""
    return Wording(
        announcement.title, announcement.text, announcement.effective_on,
        list(announcement.products.order_by("name", "pk")), list(announcement.organisations.order_by("name", "pk")),
    )  # fmt: skip


def _edition(row: Announcement, sort: str, reason: str, by: Person, at: datetime) -> Edition:
    made = Edition.objects.create(
        announcement=row, sort=sort, title=row.title, text=row.text, effective_on=row.effective_on,
        notice_days=notice_days(row.effective_on, at), reason=reason.strip(), by=by, at=at,
    )  # fmt: skip
    withdrawn = sort == Edition.Sort.WITHDRAWN
    people = audience.told_before(row, at=at) if withdrawn else audience.concerned(row, at=at)
    if not people and not withdrawn:
        raise CannotDo("It concerns nobody: no client has an authorised user there. Choose other products or clients.")
    Recipient.objects.bulk_create(
        [Recipient(edition=made, person_id=one.person_id, organisation_id=one.organisation_id) for one in people],
        batch_size=500,
    )
    ask_for(made, at=at)
    return made


def ask_for(edition: Edition, *, at: datetime) -> None:
    """Have the worker go on telling."""
    jobs.enqueue(kind=JOB, payload={"edition": edition.pk}, at=at, key=f"{JOB}:{edition.pk}", lane=telling.LANE)


def work(payload: Mapping[str, Any], *, at: datetime) -> None:
    """Tell the next slice of an edition's recipients. A job; it may run twice, also at once."""
    edition = Edition.objects.select_related("announcement").get(pk=payload["edition"])
    recipients = edition.recipients.all()
    if telling.go_on(recipients, lambda recipient: _tell(edition, recipient, at), at=at):
        ask_for(edition, at=at)
    elif edition.finished_at is None:
        Edition.objects.filter(pk=edition.pk).update(finished_at=at)


def try_again(edition: Edition, *, at: datetime) -> int:
    """Let those whose turn failed have another one. Returns how many."""
    count = telling.once_more(edition.recipients.all())
    if count:
        Edition.objects.filter(pk=edition.pk).update(finished_at=None)
        ask_for(edition, at=at)
    return count


def _tell(edition: Edition, recipient: Recipient, at: datetime) -> Said:
    person = recipient.person
    if not person.is_active:
        return Said(Outcome.SILENT, "No longer active.")
    try:
        address = addresses.check(person.email)
    except addresses.BadAddress:
        return Said(Outcome.UNREACHED, "There is no e-mail address to write to.")
    if letters.suppressed(address) is not None:
        return Said(Outcome.UNREACHED, f"Mail to {address} does not arrive.")
    products = edition.announcement.products.order_by("name", "pk").values_list("name", flat=True)
    key, values = _letter(edition, list(products), person.name)
    letter = circulars.send(
        key, values, to=Address(person.name, address), at=at,
        about=f"announcement:{edition.announcement_id}", organisation=recipient.organisation,
        link=f"{settings.BASE_URL}/portal/announcements/{edition.announcement_id}/",
    )  # fmt: skip
    return Said(Outcome.TOLD, letter=letter)


@ours
def _letter(edition: Edition, products: Sequence[str], name: str) -> tuple[str, dict[str, str]]:
    """Return which letter an edition is, and what is filled into it."""
    values = {
        "greeting": phrases.greeting(name),
        "title": edition.title,
        "effective": day(edition.effective_on),
        "products": _("This is about %(products)s.") % {"products": ", ".join(products)} if products else "",
        "reason": edition.reason,
    }
    if edition.sort == Edition.Sort.WITHDRAWN:
        return TAKES_BACK, values
    what, notice = _(WHAT[Edition.Sort(edition.sort)]), notice_words(edition.notice_days)
    return SAYS, {**values, "what": what, "notice": notice, "details": edition.text}


def _write(row: Announcement, wording: Wording, at: datetime) -> None:
    if not wording.title.strip() or not wording.text.strip():
        raise CannotDo("Write a title and what is going to change.")
    row.title, row.text, row.effective_on = wording.title.strip(), wording.text.strip(), wording.effective_on
    row.changed_at = at
    row.save()
    row.products.set(wording.products)
    row.organisations.set(wording.organisations)


def _is_same(row: Announcement, wording: Wording) -> bool:
    now = wording_of(row)
    return (
        (now.title, now.effective_on) == (wording.title.strip(), wording.effective_on)
        and now.text.splitlines() == wording.text.strip().splitlines()
        and set(now.products) == set(wording.products)
        and set(now.organisations) == set(wording.organisations)
    )


def _locked(announcement: Announcement) -> Announcement:
    return sql.lock_rows(Announcement.objects.all()).get(pk=announcement.pk)


def _sent(announcement: Announcement) -> Announcement:
    row = _locked(announcement)
    if row.stage == Announcement.Stage.DRAFT:
        raise CannotDo("It has not been sent. Change the draft, or send it.")
    if row.stage == Announcement.Stage.WITHDRAWN:
        raise CannotDo("It was withdrawn. Write a new announcement.")
    return row
