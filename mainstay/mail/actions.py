"""What people do with mailboxes, quarantined mail and our texts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.mail import imap, wording
from mainstay.mail.mailboxes import add_mailbox, adopt_configured_mailboxes, change_mailbox
from mainstay.mail.models import Arrival, Mailbox, Outcome, RawMail, Template, TextEdit
from mainstay.mail.restraint import lift
from mainstay.orgs.models import Person
from mainstay.tickets import verification
from mainstay.tickets.models import Verification

__all__ = [
    "NotQuarantined", "add_mailbox", "adopt_configured_mailboxes", "change_mailbox", "discard", "edit_text",
    "lift", "pause", "reimport", "restore_text", "resume",
]  # fmt: skip


class NotQuarantined(ValueError):
    """Somebody has dealt with this mail already. Reload to see how."""


def reimport(*, arrival: Arrival, by: Person, at: datetime) -> None:
    """Have a quarantined mail read again, after a repair or with a larger limit. Its stub ticket is put away.

    A mail that was too large, or that its server kept back, is fetched anew. Raises NotQuarantined, ImapTrouble.
    """
    anew = imap.fetch_again(arrival) if arrival.fault else None
    with transaction.atomic():
        row = _quarantined(arrival)
        _put_stub_away(row, by=by, reason="Its mail is read again.", at=at)
        if anew is not None:
            RawMail.objects.bulk_create([RawMail(digest=anew.digest, data=anew.raw)], ignore_conflicts=True)
            row.raw_id, row.size, row.fault, row.identity = anew.digest, len(anew.raw), "", anew.identity
            row.save(update_fields=["raw", "size", "fault", "identity"])
        _with_its_copies(row).update(
            outcome="", reason="", settled_at=None, ticket=None, due_at=at, tries=0, lost=0, duplicate_of=None
        )


@transaction.atomic
def discard(*, arrival: Arrival, by: Person, at: datetime) -> None:
    """Put a quarantined mail away for good, by a person's decision. It stays in the ledger, raw.

    Raises NotQuarantined.
    """
    row = _quarantined(arrival)
    _put_stub_away(row, by=by, reason="Its mail was discarded.", at=at)
    _with_its_copies(row).update(discarded_by=by, discarded_at=at)


def _with_its_copies(arrival: Arrival) -> QuerySet[Arrival]:
    """Return the arrival and those of the same mail that were put aside because of it."""
    copies = Q(duplicate_of=arrival, outcome=Outcome.QUARANTINED)
    return Arrival.objects.filter(Q(pk=arrival.pk) | copies)


def pause(*, mailbox: Mailbox) -> None:
    """Read this mailbox no more until it is resumed; what is here already is taken in."""
    Mailbox.objects.filter(pk=mailbox.pk).update(paused=True)


def resume(*, mailbox: Mailbox) -> None:
    """Read this mailbox again, at once."""
    Mailbox.objects.filter(pk=mailbox.pk).update(paused=False, next_try_at=None, failures=0)


@transaction.atomic
def edit_text(*, key: str, subject: str, text: str, by: Person, at: datetime) -> Template:
    """Use our own wording for a text that we send. Raises wording.BadText with every fault."""
    said = wording.Text(subject.strip(), text.replace("\r\n", "\n").strip())  # a browser's form sends both
    wording.check(key, said)
    before = Template.objects.filter(key=key).first()
    if before is not None and (before.subject, before.text) == (said.subject, said.body):
        return before
    TextEdit.objects.create(key=key, subject=said.subject, text=said.body, by=by, at=at)
    values = {"subject": said.subject, "text": said.body, "edited_by": by, "edited_at": at}
    return Template.objects.update_or_create(key=key, defaults=values)[0]


@transaction.atomic
def restore_text(*, key: str, by: Person, at: datetime) -> None:
    """Use the shipped wording again. Ours stays in the history."""
    if Template.objects.filter(key=key).delete()[0]:
        TextEdit.objects.create(key=key, by=by, at=at)


def _quarantined(arrival: Arrival) -> Arrival:
    row = Arrival.objects.select_related("ticket").get(pk=arrival.duplicate_of_id or arrival.pk)
    if row.outcome != Outcome.QUARANTINED or row.discarded_at is not None:
        raise NotQuarantined("Somebody has dealt with this mail already. Reload to see how.")
    return row


def _put_stub_away(arrival: Arrival, *, by: Person, reason: str, at: datetime) -> None:
    if arrival.ticket is not None and arrival.ticket.verification == Verification.HELD:
        verification.refuse(ticket=arrival.ticket, by=by, reason=reason, at=at)
