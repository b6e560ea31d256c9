"""`mainstay verify`: nothing is wrong with a sound desk, and each kind of damage is said in words."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection

from mainstay.clocks.models import Clock, Firing, Promise, Step
from mainstay.lib import files, sql
from mainstay.mail.models import Arrival, RawMail
from mainstay.outbox.models import LetterText
from mainstay.tickets.models import Attachment, Event, Message, Ticket
from tests.desk import Desk

WITH_FILE = (
    "--limit\nContent-Type: text/plain; charset=utf-8\n\nThe log of this morning is attached, as asked.\n"
    '--limit\nContent-Type: text/plain\nContent-Disposition: attachment; filename="log.txt"\n\none two three\n--limit--'
)


class Intruder:
    """Somebody with the database in their hands: executes what they like, triggers included."""

    connection = connection

    def execute(self, statement: str, params: object = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def unlock_the_log() -> None:
    sql.make_changeable(Event._meta.db_table)(None, Intruder())


def a_day(desk: Desk) -> Ticket:
    """One ticket with a file, an answer, a broken response and its escalation; the resolution still runs."""
    desk.at("Mon 09:00")
    headers = ['Content-Type: multipart/mixed; boundary="limit"']
    ticket = desk.mail("ana", "Cards", WITH_FILE, headers=headers)
    desk.confirm("ida", ticket, 2, arrives="Mon 10:30")
    desk.at("Mon 15:00")
    return desk.look(ticket)


def test_nothing_is_wrong_with_a_sound_desk(desk: Desk) -> None:
    a_day(desk)

    assert desk.faults() == []


def rewrite_an_event(ticket: Ticket) -> None:
    unlock_the_log()
    payload = ticket.events.get(kind="severity_provided").payload
    ticket.events.filter(kind="severity_provided").update(payload={**payload, "severity": 3})


def backdate_an_event(ticket: Ticket) -> None:
    unlock_the_log()
    event = ticket.events.get(kind="severity_provided")
    ticket.events.filter(pk=event.pk).update(at=event.at.replace(hour=9, minute=1))


def remove_an_event(ticket: Ticket) -> None:
    unlock_the_log()
    Event.objects.filter(ticket=ticket, number=4).delete()


def cut_the_log_short(ticket: Ticket) -> None:
    unlock_the_log()
    Event.objects.filter(ticket=ticket, number=ticket.last_number).delete()


def drop_a_step(ticket: Ticket) -> None:
    assert Step.objects.filter(ticket=ticket, clock="resolution", name="breached").delete()[0] == 1


def move_a_stored_clock(ticket: Ticket) -> None:
    clock = Clock.objects.get(ticket=ticket, name="resolution")
    Clock.objects.filter(pk=clock.pk).update(due=clock.due.replace(hour=17))  # type: ignore[union-attr]  # it is due


def hide_a_breach_from_the_list(ticket: Ticket) -> None:
    Promise.objects.filter(ticket=ticket).update(breached=False)


def remove_a_firing(ticket: Ticket) -> None:
    Firing.objects.filter(ticket=ticket, kind="breach", clock="response").delete()


def alter_a_message(ticket: Ticket) -> None:
    Message.objects.filter(ticket=ticket, direction="in").update(text="All is well.")


def slip_a_message_in(ticket: Ticket) -> None:
    message = ticket.messages.filter(direction="in").get()
    Message.objects.bulk_create([Message(**{**_columns(message), "id": None})])


def _columns(message: Message) -> dict[str, object]:
    return {field.attname: getattr(message, field.attname) for field in Message._meta.concrete_fields}


def delete_a_file(ticket: Ticket) -> None:
    files.remove(Attachment.objects.get(name="log.txt").digest)


def damage_a_file(ticket: Ticket) -> None:
    path = files.path_of(Attachment.objects.get(name="log.txt").digest)
    path.chmod(0o600)
    path.write_bytes(b"one two four")


def set_a_state_by_hand(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(state="resolved")


def lose_a_letter(ticket: Ticket) -> None:
    LetterText.objects.filter(letter__about=f"ticket:{ticket.pk}", letter__kind="severity_confirmation").delete()


def damage_a_raw_mail(ticket: Ticket) -> None:
    RawMail.objects.update(data=b"From: nobody\r\n\r\n")


def forget_what_became_of_a_mail(ticket: Ticket) -> None:
    Arrival.objects.update(ticket=None)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (rewrite_an_event, "{ref}: event {given} (severity_provided) was changed after it was written"),
        (backdate_an_event, "{ref}: event {given} (severity_provided) was changed after it was written"),
        (remove_an_event, "{ref}: event 4 is missing (found number 5)"),
        (cut_the_log_short, "{ref}: the ticket knows {last} events, the log holds {before_last}"),
        (drop_a_step, "{ref}: the stored step ("),
        (move_a_stored_clock, "{ref}: the stored clock resolution is not what its log says; run `mainstay clocks rebuild`"),
        (hide_a_breach_from_the_list, "{ref}: the stored promise"),
        (remove_a_firing, "and the record of fired steps do not agree"),
        (alter_a_message, "was changed after it was written"),
        (slip_a_message_in, "is in no event"),
        (delete_a_file, "attachment 'log.txt'"),
        (damage_a_file, "has changed since it was stored"),
        (set_a_state_by_hand, "{ref}: stored state 'resolved' is not what its events make of it"),
        (lose_a_letter, "(severity_confirmation) has no content"),
        (damage_a_raw_mail, "has changed since it was stored"),
        (forget_what_became_of_a_mail, "ended as ticket and names no ticket"),
    ],
    ids=lambda value: value.__name__.replace("_", " ") if callable(value) else "",
)
def test_damage_is_found_and_said(desk: Desk, damage: Callable[[Ticket], None], words: str) -> None:
    ticket = a_day(desk)
    given = desk.event(ticket, "severity_provided")
    damage(ticket)
    wanted = words.format(
        ref=ticket.reference, last=ticket.last_number, before_last=ticket.last_number - 1, given=given.number
    )

    assert any(wanted in fault for fault in desk.faults()), desk.faults()


def test_the_command_says_the_same_and_ends_with_one(desk: Desk) -> None:
    ticket = a_day(desk)
    alter_a_message(ticket)

    done = desk.command("verify")
    assert done.exit_code == 1
    assert f"{ticket.reference}: message" in done.output
    assert "was changed after it was written" in done.output
    found = json.loads(desk.command("verify", "--json").stdout)["faults"]
    assert any("was changed after it was written" in fault for fault in found)
