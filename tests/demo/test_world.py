"""Whoever starts the demo sees a desk at work, whatever the hour: each thing it should handle, handled by the rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Q, QuerySet

from mainstay.cli import verify
from mainstay.cli.demo import post, stream
from mainstay.cli.demo.desk import Desk
from mainstay.clocks import queries as clocks
from mainstay.clocks.models import Clock, Firing
from mainstay.contracts.models import Contract, Override
from mainstay.feedback.models import Remark, Survey
from mainstay.mail.models import Arrival, RawMail
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.releases.models import Announcement, Release, Round
from mainstay.tickets import events
from mainstay.tickets.models import Event, Message, State, Ticket
from mainstay.views.models import SavedView
from mainstay.writing.models import Macro

MINUTES = timedelta(minutes=1)
pytestmark = pytest.mark.django_db  # what a test does to the world is taken back after it


def test_a_promise_is_about_to_break_within_minutes(desk: Desk) -> None:
    due = desk.known["about_to_breach"].promise.due
    assert desk.at < due <= desk.at + 10 * MINUTES


def test_a_promise_was_broken_and_the_coordinator_was_told_with_the_ledger(desk: Desk) -> None:
    """Pack, clause 3.5."""
    ticket = Ticket.objects.get(pk=desk.known["breached"].pk)
    assert ticket.promise.breached
    assert [*ticket.firings.filter(kind="breach").values_list("clock", flat=True)] == ["resolution"]
    letter = Message.objects.get(ticket=ticket, purpose="breach_notice")
    assert letter.recipients == ["service.coordinator@national.example"]
    assert sorted(file.name.rpartition(".")[2] for file in letter.attachments.all()) == ["csv", "txt"]


def test_who_stands_outside_is_given_no_ticket(desk: Desk) -> None:
    assert Ticket.objects.filter(escalation_level="coordinator").exists()
    assert not Ticket.objects.filter(team__key="coordinator").exists()


SHOWN: list[tuple[str, Callable[[], QuerySet]]] = [
    ("just in, nobody has confirmed it", lambda: Ticket.objects.filter(state=State.NEW, verification="verified")),
    ("waiting for the client", lambda: Clock.objects.filter(state="paused", why="waiting for client")),
    ("suspended by a manager", lambda: Clock.objects.filter(state="paused", why="force majeure")),
    ("a third party in the way", lambda: Ticket.objects.filter(exclusions__kind="third_party")),
    ("waiting for a release", lambda: Clock.objects.filter(state="running", target_text="next release")),
    ("a release that has come out", lambda: Release.objects.exclude(shipped_at=None)),
    ("a release that slipped", lambda: Round.objects.filter(change="moved")),
    ("a change that was announced", lambda: Announcement.objects.filter(stage="sent")),
    ("details missing", lambda: Ticket.objects.filter(missing__icontains="description")),
    ("with the client for testing", lambda: Ticket.objects.filter(state=State.RESOLVED)),
    ("a fix that failed", lambda: Event.objects.filter(kind=events.ACCEPTANCE_REJECTED)),
    ("a workaround", lambda: Event.objects.filter(kind=events.WORKAROUND_PROVIDED)),
    ("a severity that was raised", lambda: Event.objects.filter(kind=events.SEVERITY_CHANGED)),
    ("two reports of one thing", lambda: Ticket.objects.exclude(merged_into=None)),
    ("open again", lambda: Event.objects.filter(kind=events.REOPENED)),
    ("closed", lambda: Ticket.objects.filter(state=State.CLOSED)),
    ("closed by silence", lambda: Message.objects.filter(purpose="closure_after_silence")),
    ("a complaint about another ticket", lambda: Ticket.objects.filter(kind="complaint").exclude(about=None)),
    ("a complaint with its outcome", lambda: Ticket.objects.filter(outcomes__finding="partly", state=State.CLOSED)),
    ("an answered survey", lambda: Survey.objects.filter(ratings__value=5).exclude(comment="")),
    ("a remark from inside a product", lambda: Remark.objects.filter(seen_at=None).exclude(person=None)),
    ("held: nobody we know", lambda: held("The sender is not known.")),
    ("held: a client's domain", lambda: held("is the domain of Saltmarsh")),
    ("held: somebody without the right", lambda: held("may not raise requests")),
    ("held: not from its sender", lambda: held("DMARC fail")),
    ("held: a code of somebody else's service", lambda: held("sign-up code")),
    ("a bounce", lambda: Arrival.objects.filter(outcome="bounce").exclude(ticket=None)),
    ("a letter that failed", lambda: Event.objects.filter(kind=events.DELIVERY_FAILED)),
    ("an out-of-office reply", lambda: Arrival.objects.filter(outcome="auto_reply").exclude(ticket=None)),
    ("a mail put aside", lambda: Arrival.objects.filter(outcome="quarantined")),
    ("a request by telephone", lambda: Ticket.objects.filter(channel="phone")),
    ("an attachment", lambda: Message.objects.exclude(attachments=None)),
    ("contracts of both coverages", lambda: Contract.objects.filter(coverage="24x7")),
    ("core contracts", lambda: Contract.objects.filter(coverage="core")),
    ("a term agreed otherwise, with its paper", lambda: Override.objects.exclude(document="")),
    ("a product that is not hosted", lambda: Contract.objects.filter(products__hosted=False)),
    ("a tag", lambda: Ticket.objects.filter(taggings__tag__name="smartcards")),
    ("a field of a product, filled in", lambda: Ticket.objects.filter(field_values__field__product__key="lantern")),
    ("a macro of everybody's", lambda: Macro.objects.filter(owner=None, how="ask")),
    ("a macro of one's own", lambda: Macro.objects.filter(owner__name="Ida Flint")),
    ("a shared view by a field", lambda: SavedView.objects.filter(shared=True, filters__icontains="number-")),
    ("a breach of weeks ago", lambda: Firing.objects.filter(kind="breach", clock="response")),
]  # fmt: skip


def held(reason: str) -> QuerySet[Ticket]:
    return Ticket.objects.filter(verification="held", verification_reason__icontains=reason)


@pytest.mark.parametrize(("what", "found"), SHOWN, ids=[what for what, _ in SHOWN])
def test_there_is_one_of_each(desk: Desk, what: str, found: Callable[[], QuerySet]) -> None:
    assert found().exists(), what


def test_the_complaint_has_a_day_left_and_is_escalated(desk: Desk) -> None:
    """Pack, clause 3.10: seven days; at three quarters of them it has gone up the ladder."""
    ticket = Ticket.objects.get(pk=desk.known["complaint"].pk)
    assert (
        timedelta(hours=22) < ticket.promise.due - desk.at < timedelta(hours=26)
    )  # a day, or that of a clock change
    assert ticket.escalation_level == "cto"


def test_an_out_of_office_reply_ends_no_pause(desk: Desk) -> None:
    reading = clocks.reading(Ticket.objects.get(pk=desk.known["waiting"].pk), at=desk.at)
    assert reading.clock("resolution").why == "waiting for client"


def test_a_ledger_has_nights_a_weekend_and_a_holiday(desk: Desk) -> None:
    reading = clocks.reading(Ticket.objects.get(pk=desk.known["next_release"].pk), at=desk.at)
    ledger = reading.clock("resolution").ledger
    assert {segment.kind for segment in ledger} == {"counted", "out of hours", "holiday"}
    assert sum((segment.counted for segment in ledger), timedelta()) == reading.clock("resolution").elapsed


def test_nothing_happened_in_the_future_and_everything_due_was_noticed_when_it_was(desk: Desk) -> None:
    assert not Event.objects.filter(Q(at__gt=desk.at) | Q(recorded_at__gt=desk.at)).exists()
    late = [firing for firing in Firing.objects.all() if firing.noticed_at != firing.due_at]
    assert late == []


def test_every_letter_was_accepted_by_the_page_that_shows_it(desk: Desk) -> None:
    waiting = Letter.objects.exclude(state="accepted").filter(next_attempt_at__lte=desk.at)
    assert not waiting.exists()
    assert all("demonstration" in letter.peer_answer for letter in Letter.objects.filter(state="accepted"))


def test_all_addresses_are_nobodys(desk: Desk) -> None:
    addresses = {
        *Person.objects.values_list("email", flat=True),
        *Arrival.objects.values_list("sender", flat=True),
    }
    for letter in Letter.objects.all():
        addresses |= set(letter.recipients)
    assert [one for one in addresses if "@" in one and not one.rstrip(">").endswith(".example")] == []


def test_staff_of_every_role_can_sign_in(desk: Desk) -> None:
    roles = {person.staff_role for person in desk.staff.values()}
    assert roles == {"support", "technical", "manager", "administrator"}
    assert all(person.has_usable_password() for person in desk.staff.values())


def test_verify_finds_nothing(desk: Desk) -> None:
    assert list(verify.faults_at(desk.at, with_files=True)) == []


def test_mails_that_keep_coming_are_taken_in_as_what_they_are(desk: Desk) -> None:
    """Eight mails are one round of requests, answers, a reply by machine and a stranger."""
    chance = stream.random.Random(7)
    outcomes = []
    for number in range(8):
        desk.playback.pass_time(to=desk.at + MINUTES)
        mail = stream.next_mail(number, chance)
        assert mail is not None
        raw = post.written(mail, at=desk.at)
        stream.deliver(raw, at=desk.at)
        desk.playback.take_in()
        arrival = Arrival.objects.get(raw=RawMail.objects.get(digest=_digest(raw)))
        outcomes.append(arrival.outcome)
    assert outcomes == ["ticket", "reply", "ticket", "reply", "auto_reply", "ticket", "reply", "held"]


def _digest(raw: bytes) -> str:
    return post.hashlib.sha256(raw).hexdigest()


def test_nobody_answers_for_ever_on_one_ticket(desk: Desk) -> None:
    """A demo that is left alone over a weekend must still show tickets that a person can read."""
    chance = stream.random.Random(3)
    long = desk.known["about_to_breach"]
    while long.messages.count() < stream.MOST_MESSAGES:
        desk.note("tess", long, "One more line of the log.")
    asked = {stream._answerable(chance) for _ in range(40)}
    assert long not in asked
    assert asked
