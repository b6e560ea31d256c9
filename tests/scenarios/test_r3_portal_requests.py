"""Section 3 of the pack on the client's own pages: what a mail may do, a page may do too, with the same promises."""

from __future__ import annotations

import pytest

from mainstay.clocks import requests as requests_of
from mainstay.escalation import wishes
from mainstay.mail import copies as mail_copies
from mainstay.mail import correspondence, paper, requests
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Person
from mainstay.tickets import actions, clients, diagnostics, participants, shown
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Message, Submission, Ticket
from mainstay.tickets.shown import Shown
from tests.desk import LONG_AGO, Desk
from tests.scenarios.test_fields import field

MARKER = "marker-inside-only"


def made(desk: Desk, who: str = "ana", **named: object) -> Ticket:
    """Somebody makes a request on the page."""
    said = {
        "organisation": desk.acme, "product": None, "subject": "Cards are not read", "text": "None since nine.",
        "urgency": "high", "impact": "medium", "key": "once", **named,
    }  # fmt: skip
    ticket, _ = requests.make(by=desk.person[who], at=desk.now, **said)  # type: ignore[arg-type]
    desk.work()
    return desk.look(ticket)


def seen(desk: Desk, ticket: Ticket) -> Shown:
    return shown.shown(desk.look(ticket), at=desk.now)


def looks(desk: Desk, who: str, ticket: Ticket) -> None:
    """Somebody looks at the page of the request, with whatever confirmation stands on it."""
    confirmations = [one for one in seen(desk, ticket).messages if one.purpose == "severity_confirmation"]
    newest = confirmations[-1] if confirmations else None
    also = [one.pk for one in shown.unprovided(seen(desk, ticket))]
    clients.saw(ticket=desk.look(ticket), by=desk.person[who], confirmation=newest, also=also, at=desk.now)
    desk.work()


def test_a_request_on_the_page_is_acknowledged_by_mail_like_any_other(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = made(desk)

    assert (ticket.channel, ticket.organisation, ticket.requester_role) == ("portal", desk.acme, "Service desk lead")
    assert (ticket.claimed_urgency, ticket.claimed_impact, ticket.missing) == ("high", "medium", [])
    assert [letter.kind for letter in desk.sent("ana", about=ticket)] == ["acknowledgement"]
    assert desk.faults() == []


def test_sending_the_same_form_twice_makes_one_request(desk: Desk) -> None:
    first, second = made(desk), made(desk)
    assert first == second
    assert made(desk, key="another") != first
    assert Submission.objects.count() == 2


def test_nobody_without_the_right_makes_a_request(desk: Desk) -> None:
    with pytest.raises(CannotDo, match="may not make requests for this organisation"):
        made(desk, "bo")
    with pytest.raises(CannotDo, match="may not make requests for this organisation"):
        made(desk, "cleo")
    assert not Ticket.objects.exists()


def test_the_page_that_shows_number_and_severity_ends_the_response(desk: Desk) -> None:
    """R3.3c, S2: shown in the portal to the reporter counts as given, even while no mail leaves."""
    desk.at("Mon 09:00")
    with desk.asleep():
        ticket = made(desk)
        desk.at("Mon 09:05")
        looks(desk, "ana", ticket)
        assert desk.history(ticket, "number_provided") == ["Mon 09:05 number_provided"]
        desk.confirm("ida", ticket, 2)
        looks(desk, "ana", ticket)
        assert not desk.history(ticket, "severity_provided"), "it can still be taken back, so nobody has seen it"
        desk.at("Mon 09:20")
        looks(desk, "ana", ticket)
        looks(desk, "ana", ticket)

        given = desk.event(ticket, "severity_provided")
        assert given.payload["shown_to"] == desk.person["ana"].ref
        assert given.payload["severity"] == 2
        assert given.actor == desk.person["ana"].ref
        assert desk.clock(ticket, "response").stopped == "Mon 09:20"
    assert len(desk.history(ticket, "severity_provided", "severity_changed", "number_provided")) == 2
    assert desk.faults() == []


def test_the_look_of_somebody_else_gives_the_reporter_nothing(desk: Desk) -> None:
    desk.at("Mon 09:00")
    with desk.asleep():
        ticket = made(desk)
        desk.confirm("ida", ticket, 2)
        desk.at("Mon 09:20")
        for who in ("bo", "cleo", "ida"):
            looks(desk, who, ticket)
        assert not desk.history(ticket, "number_provided", "severity_provided")


def test_a_fix_on_the_page_is_provided_before_its_letter_arrives(desk: Desk) -> None:
    """S3, ADR 26: no mail leaves from noon to two; at half past twelve the reporter looks at the page."""
    ticket = desk.opened(answered="Mon 10:00")
    with desk.asleep():
        desk.at("Mon 12:00")
        desk.fix("ida", ticket)
        looks(desk, "ana", ticket)
        assert not desk.history(ticket, "fix_provided"), "it can still be taken back, so nobody has seen it"
        desk.at("Mon 12:30")
        looks(desk, "bo", ticket)
        assert not desk.history(ticket, "fix_provided"), "somebody else's look provides nothing"
        looks(desk, "ana", ticket)
        assert desk.event(ticket, "fix_provided").payload["shown_to"] == desk.person["ana"].ref
        desk.at("Mon 14:00")
    assert desk.history(ticket, "fix_provided") == ["Mon 12:30 fix_provided"], "the letter provides nothing again"
    clock = desk.clock(ticket, "resolution")
    assert (clock.state, clock.stopped) == ("met", "Mon 12:30")
    clients.accept(ticket=ticket, by=desk.person["ana"], text="", at=desk.now)
    assert desk.look(ticket).state == "closed"
    assert desk.faults() == []


def test_a_question_on_the_page_is_asked_before_its_letter_arrives(desk: Desk) -> None:
    """R3.4a: the wait begins with the look, ends with the answer, and does not begin again with the letter."""
    ticket = desk.opened(answered="Mon 10:00")
    with desk.asleep():
        desk.at("Mon 12:00")
        desk.ask("ida", ticket)
        desk.at("Mon 12:30")
        looks(desk, "ana", ticket)
        assert desk.history(ticket, "waiting_on_client") == ["Mon 12:30 waiting_on_client"]
        (question,) = shown.waiting_questions(desk.person["ana"], at=desk.now)
        desk.at("Mon 13:00")
        clients.answer(question=question, by=desk.person["ana"], text="Omnikeys.", at=desk.now)
    assert desk.history(ticket, "waiting_on_client") == ["Mon 12:30 waiting_on_client"]
    assert desk.clock(ticket, "resolution").due == "Mon 16:30"
    assert desk.faults() == []


def test_what_was_overtaken_is_not_provided_by_a_look(desk: Desk) -> None:
    """Ana wrote again before she looked, and the desk no longer needs its other answer."""
    ticket = desk.opened(answered="Mon 10:00")
    with desk.asleep():
        desk.at("Mon 12:00")
        desk.ask("ida", ticket)
        desk.at("Mon 12:01")
        clients.write(ticket=desk.look(ticket), by=desk.person["ana"], text="They are Omnikeys.", at=desk.now)
        looks(desk, "ana", ticket)
        assert shown.unprovided(seen(desk, ticket)) == []
        desk.ask("ida", ticket)
        desk.at("Mon 12:02")
        assert len(shown.unprovided(seen(desk, ticket))) == 1
        diagnostics.withdraw(request=ticket.diagnostics.latest("pk"), by=desk.person["ida"], at=desk.now)
        looks(desk, "ana", ticket)
        assert not desk.history(ticket, "waiting_on_client")


def test_an_answer_on_the_page_restarts_the_clock_at_receipt(desk: Desk) -> None:
    """R3.4a: two hours of six are used; the wait from noon to two does not count."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    (question,) = shown.waiting_questions(desk.person["ana"], at=desk.now)
    assert shown.waiting_questions(desk.person["cleo"], at=desk.now) == []
    desk.at("Mon 14:00")
    clients.answer(question=question, by=desk.person["ana"], text="Omnikeys.", at=desk.now)

    assert desk.look(ticket).state == "open"
    assert desk.clock(ticket, "resolution").due == "Tue 10:00"
    assert seen(desk, ticket).questions[0].ending == "answered"
    with pytest.raises(CannotDo, match="Nobody waits for this answer"):
        clients.answer(question=question, by=desk.person["ana"], text="Again.", at=desk.now)


def test_a_fix_that_is_rejected_on_the_page_resumes_the_same_clock(desk: Desk) -> None:
    """S3: two of six hours are used at the fix; after the rejection four are left."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 13:00")
    with pytest.raises(CannotDo, match="say what does not work"):
        clients.reject(ticket=ticket, by=desk.person["ana"], text=" ", at=desk.now)
    clients.reject(ticket=ticket, by=desk.person["ana"], text="Still no card.", at=desk.now)

    assert desk.look(ticket).state == "open"
    assert desk.clock(ticket, "resolution").due == "Mon 17:00"
    assert "Still no card." in [one.text for one in seen(desk, ticket).messages]


def test_a_fix_that_is_accepted_on_the_page_closes_the_request(desk: Desk) -> None:
    """R3.9."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 13:00")
    with pytest.raises(CannotDo, match="not write on it"):
        clients.accept(ticket=ticket, by=desk.person["bo"], text="", at=desk.now)
    clients.accept(ticket=ticket, by=desk.person["ana"], text="", at=desk.now)

    found = desk.look(ticket)
    assert (found.state, found.cause) == ("closed", "software")
    assert desk.history(ticket, "accepted", "closed") == ["Mon 13:00 accepted", "Mon 13:00 closed"]
    with pytest.raises(CannotDo, match="no fix that waits"):
        clients.accept(ticket=ticket, by=desk.person["ana"], text="", at=desk.now)
    assert desk.faults() == []


def test_a_message_opens_a_closed_request_again_within_the_days_of_the_agreement(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    desk.at("+1 Mon 12:00")
    clients.write(ticket=ticket, by=desk.person["ana"], text="It is back.", at=desk.now)
    assert desk.look(ticket).state == "open"

    desk.close("ida", ticket)
    desk.at("2026-03-20T09:00+00:00")
    with pytest.raises(CannotDo, match="closed too long ago"):
        clients.write(ticket=ticket, by=desk.person["ana"], text="It is back.", at=desk.now)


def test_one_closes_ones_own_request_and_nobody_elses(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    with pytest.raises(CannotDo, match="Only the person who made this request"):
        clients.withdraw(ticket=ticket, by=desk.person["bo"], text="", at=desk.now)
    clients.withdraw(ticket=ticket, by=desk.person["ana"], text="We found it.", at=desk.now)
    assert desk.look(ticket).state == "closed"
    assert seen(desk, ticket).messages[-1].text == "We found it."


def test_what_the_desk_wants_filled_in_is_no_business_of_the_client(desk: Desk) -> None:
    """A needed field holds up staff who close, and nobody who no longer needs an answer."""
    field(desk, required=True)
    ticket = desk.opened(answered="Mon 10:00")
    clients.withdraw(ticket=ticket, by=desk.person["ana"], text="", at=desk.now)
    assert desk.look(ticket).state == "closed"
    assert desk.event(ticket, "closed").actor == desk.person["ana"].ref


def test_a_wish_for_escalation_reaches_a_manager_and_breaks_no_promise(desk: Desk) -> None:
    """R3.5a: a manager is told, in the same minute; the ladder is not climbed by it."""
    ticket = desk.opened(answered="Mon 10:00")
    wishes.ask(ticket=ticket, by=desk.person["ana"], text="Patients wait.", at=desk.now)
    desk.advance(minutes=1)

    assert desk.notices("mara") == [f"{ticket.reference}: the client asks for escalation"]
    assert any(ticket.reference in one.text for one in desk.sent("mara"))
    assert desk.look(ticket).escalation_level == ""
    assert not desk.reading(ticket).escalated
    with pytest.raises(CannotDo, match="told already"):
        wishes.ask(ticket=ticket, by=desk.person["ana"], text="Please.", at=desk.now)
    desk.reply("mara", ticket, "I have put Jon on it.", arrives="Mon 10:30")
    assert clients.asked_for_escalation(ticket) is None


def test_a_colleague_is_added_and_gets_what_we_write(desk: Desk) -> None:
    """Nobody of another organisation can be chosen, and whoever is removed stays on record."""
    ticket, (ana, bo, cleo) = desk.opened(answered="Mon 10:00"), (desk.person[one] for one in ("ana", "bo", "cleo"))
    assert clients.colleagues(ticket, at=desk.now) == [bo]
    with pytest.raises(CannotDo, match="Only colleagues of your own organisation"):
        clients.share(ticket=ticket, colleague=cleo, by=ana, at=desk.now)
    one = clients.share(ticket=ticket, colleague=bo, by=ana, at=desk.now)
    desk.reply("ida", ticket, "We found the place.", arrives="Mon 10:30")
    assert [letter.kind for letter in desk.sent("bo")] == ["reply"]
    clients.unshare(ticket=ticket, participant=one.pk, by=ana, at=desk.now)
    assert desk.event(ticket, "participant_removed").actor == ana.ref


def test_a_colleague_who_is_copied_in_sees_the_request_and_may_write_on_it(desk: Desk) -> None:
    """ADR 30: until they are taken out of the copies again. What is decided for the client is not theirs to decide."""
    ticket, (ana, bo) = desk.opened(answered="Mon 10:00"), (desk.person[one] for one in ("ana", "bo"))
    assert not sees(desk, "bo", ticket)
    one = clients.share(ticket=ticket, colleague=bo, by=ana, at=desk.now)
    assert sees(desk, "bo", ticket)
    wanted = requests_of.Wanted(whose=requests_of.COPIED)
    assert [line.ticket.pk for line in requests_of.page(bo, wanted, at=desk.now).lines] == [ticket.pk]
    assert requests_of.page(ana, wanted, at=desk.now).lines == []

    desk.ask("ida", ticket, arrives="Mon 11:00")
    (question,) = shown.waiting_questions(bo, at=desk.now)
    clients.answer(question=question, by=bo, text="Omnikeys.", at=desk.now)
    desk.fix("ida", ticket, arrives="Mon 12:00")
    assert shown.fixes_with(bo, at=desk.now) == []
    for act in (clients.accept, clients.reject, clients.withdraw):
        with pytest.raises(CannotDo, match=r"^Only (the person )?who made this request"):
            act(ticket=ticket, by=bo, text="No.", at=desk.now)
    with pytest.raises(CannotDo, match="who else hears of it"):
        clients.share(ticket=ticket, colleague=bo, by=bo, at=desk.now)
    with pytest.raises(CannotDo, match="who else hears of it"):
        clients.unshare(ticket=ticket, participant=one.pk, by=bo, at=desk.now)
    looks(desk, "bo", ticket)
    clients.unshare(ticket=ticket, participant=one.pk, by=ana, at=desk.now)
    assert not sees(desk, "bo", ticket)


def test_only_whoever_speaks_for_the_client_opens_a_page_by_a_copy(desk: Desk) -> None:
    """Ana's mail and the desk do; Fay's, who was copied in herself, brings Gus mail and no page."""
    desk.at("Mon 09:00")
    fay, gus = colleague(desk, "fay"), colleague(desk, "gus")
    ticket = desk.mail("ana", copies=[fay.email])
    assert sees(desk, "fay", ticket)
    desk.reply("ida", ticket, arrives="Mon 09:30")
    desk.answer(fay.email, ticket, "Here too.", copies=[gus.email])
    assert ticket.participants.get(address=gus.email).accepted
    assert not sees(desk, "gus", ticket)
    desk.answer("ana", ticket, "Gus knows the readers.", copies=[fay.email, gus.email])
    assert sees(desk, "gus", ticket)
    desk.does(participants.decline, "jon", ticket, participant=ticket.participants.get(address=gus.email).pk)
    desk.answer("ana", ticket, "And the cables.", copies=[gus.email])
    assert not sees(desk, "gus", ticket), "who was taken out is not brought back by an old list of copies"
    desk.does(participants.accept, "jon", ticket, participant=ticket.participants.get(address=gus.email).pk)
    assert sees(desk, "gus", ticket)


def test_a_copy_opens_nothing_for_outsiders_nor_once_authority_or_account_has_ended(desk: Desk) -> None:
    """A5: Cleo of another client gets mail where the desk says so twice, and sees no page."""
    ticket, fay = desk.opened(answered="Mon 10:00"), colleague(desk, "fay")
    desk.does(mail_copies.add, "ida", ticket, address="cleo@carrow.example", name="Cleo", confirmed=True)
    assert not sees(desk, "cleo", ticket)
    clients.share(ticket=ticket, colleague=fay, by=desk.person["ana"], at=desk.now)
    assert sees(desk, "fay", ticket)
    Person.objects.filter(pk=fay.pk).update(is_active=False)
    assert not sees(desk, "fay", ticket)
    bo = desk.person["bo"]
    clients.share(ticket=ticket, colleague=bo, by=desk.person["ana"], at=desk.now)
    desk.advance(minutes=1)
    orgs.end_authority(membership=bo.memberships.get(), by=desk.person["mara"], at=desk.now)
    assert not sees(desk, "bo", ticket)


def test_of_a_complaint_only_the_complainants_own_copies_see_the_page(desk: Desk) -> None:
    """R3.10a: neither the desk nor an administrator opens a complaint to a colleague."""
    desk.at("Mon 09:00")
    fay, gus = colleague(desk, "fay"), colleague(desk, "gus")
    complaint = desk.mail("ana", "COMPLAINT", "Nobody rang back.", copies=[fay.email])
    assert sees(desk, "fay", complaint)
    desk.does(mail_copies.add, "mara", complaint, address=gus.email, name="Gus")
    assert not sees(desk, "gus", complaint)
    assert not sees(desk, "bo", complaint)


def test_a_letter_says_whose_the_way_in_is_where_somebody_in_copy_has_none(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    clients.share(ticket=ticket, colleague=desk.person["bo"], by=desk.person["ana"], at=desk.now)
    desk.reply("ida", ticket, "We found the place.", arrives="Mon 10:30")
    assert paper.ANSWER in desk.sent("bo", kind="reply")[-1].text
    desk.does(mail_copies.add, "ida", ticket, address="eve@elsewhere.example", name="Eve")
    desk.reply("ida", ticket, "We mended it.", arrives="Mon 10:40")
    assert paper.ANSWER not in desk.sent("bo", kind="reply")[-1].text
    assert "whoever may see the request" in " ".join(desk.sent("bo", kind="reply")[-1].text.split())


def sees(desk: Desk, who: str, ticket: Ticket) -> bool:
    """Whether somebody finds the request by its reference, as every page of it does."""
    try:
        return shown.ticket_of(ticket.reference, person=Person.objects.get(pk=desk.person[who].pk), at=desk.now) == ticket
    except TicketNotFound:
        return False


def colleague(desk: Desk, who: str) -> Person:
    """Add a colleague of Ana's who raises requests and sees their own."""
    person = orgs.add_person(name=f"{who.title()} Moor", email=f"{who}@acme.example", at=LONG_AGO)
    orgs.authorise(person=person, organisation=desk.acme, role="Receptionist", at=LONG_AGO)
    desk.person[who] = person
    return person


def test_a_client_sees_nothing_of_the_inside_of_the_desk(desk: Desk) -> None:
    """Notes, reasons, letters to others, machines' mail and what is taken back: a marker stands in each of them."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.does(actions.add_note, "ida", ticket, text=f"{MARKER} note")
    desk.does(actions.grade, "ida", ticket, severity=1, reason=f"{MARKER} reason")
    desk.answer("ana", ticket, f"{MARKER} out of office", headers=["Auto-Submitted: auto-replied"])
    with desk.asleep():
        message = desk.reply("ida", ticket, f"{MARKER} taken back")
        assert MARKER not in told(seen(desk, ticket)), "it can still be taken back"
        correspondence.take_back(message=message, by=desk.person["ida"], at=desk.now)
    desk.reply("ida", ticket, "Here is what we found.")
    desk.at("Wed 12:00")  # by then the coordinator is told of the breach

    assert any(one.kind == "breach_notice" for one in desk.sent())
    found = seen(desk, ticket)
    assert "Here is what we found." in told(found)
    assert MARKER not in told(found)
    assert {one.direction for one in found.messages} == {"in", "out"}
    assert "breach_notice" not in [one.purpose for one in found.messages]
    assert not {one.kind for one in found.events} & {"note_added", "assigned", "step_fired", "severity_assessed"}
    wanted = requests_of.Wanted(standing="all", text=MARKER)
    assert requests_of.page(desk.person["ana"], wanted, at=desk.now).lines == []
    for hidden in Message.objects.filter(text__contains=MARKER):
        assert shown.message_of(ticket, hidden.pk, at=desk.now) is None


def told(found: Shown) -> str:
    """Return every word and payload that a page could draw from what is shown."""
    return " ".join([*(one.text for one in found.messages), *(str(one.payload) for one in found.events)])
