"""R3.9 (pack, clause 3.9): on closing a survey; its link is unguessable, works once, expires, and reading it is no answer."""

from __future__ import annotations

import re

import pytest

from mainstay.contracts import actions as contracts
from mainstay.feedback import surveys
from mainstay.feedback.models import Rating, Survey
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets import clients
from mainstay.tickets.models import Message, Ticket
from tests.desk import LONG_AGO, Desk

GOOD = {"reception": 5, "response": 4, "updates": 4, "resolution": 5, "manner": 5}


@pytest.fixture
def closed(desk: Desk) -> Ticket:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    return desk.look(ticket)


def token(desk: Desk, *, kind: str = "closure") -> str:
    text = desk.sent("ana", kind=kind)[-1].text
    found = re.search(r"/survey/([\w-]+)/", "".join(text.split()))
    assert found, text
    return found[1]


def answer(desk: Desk, text: str, ratings: dict[str, int] = GOOD, comment: str = "", *, complain: bool = False) -> Survey:
    survey = surveys.answer(token=text, ratings=ratings, comment=comment, complain=complain, at=desk.now)
    desk.work()
    return survey


def test_the_closing_letter_asks_and_only_a_digest_of_the_link_is_kept(desk: Desk, closed: Ticket) -> None:
    text = token(desk)
    survey = Survey.objects.get()

    assert len(text) >= 43
    assert survey.digest == surveys.digest_of(text)
    assert text not in "".join(Message.objects.values_list("text", flat=True))
    assert surveys.SHOWN in Message.objects.get(purpose="closure").text
    assert desk.event(closed, "survey_sent").payload == {"survey": survey.pk}
    assert desk.faults() == []


def test_closing_after_silence_asks_too(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("+1 Mon 12:06")
    assert token(desk, kind="closure_after_silence")


def test_whoever_accepts_a_fix_in_the_portal_is_asked_by_a_letter_of_its_own(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    clients.accept(ticket=desk.look(ticket), by=desk.person["ana"], text="", at=desk.now)
    desk.work()

    assert desk.look(ticket).state == "closed"
    assert token(desk, kind="survey")
    assert Survey.objects.count() == 1


def test_who_closes_their_own_request_unsolved_is_not_asked(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    clients.withdraw(ticket=desk.look(ticket), by=desk.person["ana"], text="", at=desk.now)
    assert Survey.objects.count() == 0


def test_an_answer_is_rows_and_an_event_without_a_word_of_it(desk: Desk, closed: Ticket) -> None:
    survey = answer(desk, token(desk), comment="Ida was very kind.")

    assert {one.part.key: one.value for one in survey.ratings.select_related("part")} == GOOD
    assert survey.comment == "Ida was very kind."
    assert desk.event(closed, "survey_answered").payload == {"survey": survey.pk}
    assert desk.look(closed).state == "closed"


def test_it_is_answered_once(desk: Desk, closed: Ticket) -> None:
    text = token(desk)
    answer(desk, text)
    with pytest.raises(surveys.NoAnswer, match="answered"):
        answer(desk, text, {"response": 1})
    assert Survey.objects.get().ratings.get(part__key="response").value == 4


def test_looking_at_it_changes_nothing(desk: Desk, closed: Ticket) -> None:
    before = Survey.objects.values().get()
    for _ in range(3):
        surveys.find(token(desk), at=desk.now)
    assert Survey.objects.values().get() == before


def test_it_can_be_answered_for_as_long_as_the_agreement_says(desk: Desk, closed: Ticket) -> None:
    """Thirty calendar days from the closing; the last moment is past."""
    survey, text = Survey.objects.get(), token(desk)
    assert (survey.expires_at - survey.sent_at).days == 30
    with pytest.raises(surveys.NoAnswer, match="expired"):
        surveys.find(text, at=survey.expires_at)


def test_a_link_that_nobody_was_sent_opens_nothing(desk: Desk, closed: Ticket) -> None:
    for text in ("", "x" * 43, token(desk)[:-1], token(desk).swapcase(), Survey.objects.get().digest):
        with pytest.raises(surveys.NoAnswer, match="unknown"):
            surveys.find(text, at=desk.now)


def test_a_request_that_is_opened_again_withdraws_its_survey_and_asks_anew_at_its_next_end(
    desk: Desk, closed: Ticket
) -> None:
    first = token(desk)
    desk.answer("ana", closed, "It has come back: the readers at the front desk take no card again.")
    with pytest.raises(surveys.NoAnswer, match="withdrawn"):
        surveys.find(first, at=desk.now)
    desk.close("ida", closed, arrives="Tue 12:00")
    assert token(desk) != first


def test_nobody_is_asked_more_often_than_the_desk_wants(desk: Desk, closed: Ticket) -> None:
    desk.close("ida", desk.opened(answered="Tue 10:00"), arrives="Tue 12:00")
    assert Survey.objects.count() == 1
    surveys.set_manner(apart_days=0, low=2, by=desk.person["mara"], at=desk.now)
    desk.close("ida", desk.opened(answered="Wed 10:00"), arrives="Wed 12:00")
    assert Survey.objects.count() == 2


def test_merged_refused_and_held_requests_ask_nobody(desk: Desk) -> None:
    from mainstay.tickets import merging, verification

    one, other = desk.mail("ana", "One"), desk.mail("ana", "Two")
    desk.does(merging.merge, "ida", one, into=other)
    held = desk.mail("stranger@elsewhere.example")
    desk.does(verification.refuse, "ida", held, reason="Nobody knows them.")
    assert Survey.objects.count() == 0


def test_a_low_rating_reaches_the_managers(desk: Desk, closed: Ticket) -> None:
    answer(desk, token(desk), {**GOOD, "updates": 2, "response": 3})
    assert desk.notices("mara") == [f"{closed.reference}: rated low for Being kept up to date"]
    assert not any("rated" in line for line in desk.notices("ida"))


def test_an_answer_can_be_made_a_complaint(desk: Desk, closed: Ticket) -> None:
    """R3.10a: a case of its own, about the request, acknowledged, of whoever had it in hand."""
    survey = answer(desk, token(desk), {"manner": 1}, "Nobody listened to me.", complain=True)
    case = survey.complaint
    assert case is not None

    assert (case.kind, case.channel, case.about_id, case.organisation) == ("complaint", "survey", closed.pk, desk.acme)
    assert desk.clock(case, "complaint").target == "7 calendar days"
    assert "logged your complaint" in " ".join(desk.sent("ana")[-1].text.split())
    assert case.complained_of.get().person == desk.person["ida"]
    assert "Nobody listened" in case.messages.earliest("pk").text


@pytest.mark.parametrize(
    ("ratings", "comment", "complain"), [({}, " ", False), ({"manner": 1}, "", True), ({"manner": 6}, "", False)]
)
def test_an_answer_that_says_nothing_is_asked_for_again(
    desk: Desk, closed: Ticket, ratings: dict[str, int], comment: str, *, complain: bool
) -> None:
    with pytest.raises(surveys.Incomplete):
        answer(desk, token(desk), ratings, comment, complain=complain)
    assert Survey.objects.get().answered_at is None


def test_a_part_that_the_agreement_does_not_promise_is_not_asked(desk: Desk, closed: Ticket) -> None:
    from mainstay.feedback.models import Part

    Part.objects.create(key="on-site", words="On site", commitment="on_site", position=9)
    assert "on-site" not in {part.key for part in surveys.parts_of(closed)}


def test_a_closing_that_is_taken_back_takes_its_survey_back(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket)
    desk.does(tickets.reopen, "ida", ticket, reason="Too soon.")
    assert Survey.objects.get().withdrawn_at is not None
    assert Letter.objects.get(kind="closure").state == "withdrawn"


def agreed(desk: Desk, **survey: object) -> None:
    """Have Acme's contract say how its people are asked."""
    contracts.agree_otherwise(
        contract=desk.contract(desk.acme), terms={"survey": {"clause": "Order 7", **survey}}, document="Order 7",
        active_from=LONG_AGO, at=desk.now, by=desk.person["mara"],
    )  # fmt: skip


def test_an_agreement_says_what_is_rated_and_in_which_words(desk: Desk) -> None:
    agreed(
        desk,
        part=[
            {"name": "training", "words": "Our training on site"},
            {"name": "response", "words": "Speed", "commitment": "response"},
        ],
    )
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    other = desk.opened("cleo", answered="Mon 13:00")

    assert [one.words for one in surveys.parts_of(desk.look(ticket))] == ["Our training on site", "Speed"]
    answer(desk, token(desk), {"training": 2, "response": 5, "manner": 1})
    assert [(one.part.key, one.value) for one in Rating.objects.order_by("pk")] == [("training", 2), ("response", 5)]
    assert desk.notices("mara")[-1].endswith("rated low for Our training on site")
    # The desk's own parts, and their words, are what they were; results tell of both.
    assert "training" not in [one.key for one in surveys.parts_of(other)]
    assert {"How soon we answered", "Our training on site"} <= {one.words for one in surveys.parts_rated()}


@pytest.mark.parametrize(("apart", "asked"), [("1 calendar days", 2), ("30 calendar days", 1)])
def test_an_agreement_says_how_often_somebody_is_asked(desk: Desk, apart: str, asked: int) -> None:
    """The desk's own fourteen days hold where no agreement says otherwise."""
    agreed(desk, apart=apart)
    for day in ("Mon", "Thu"):
        ticket = desk.opened(answered=f"{day} 10:00")
        desk.close("ida", ticket, arrives=f"{day} 12:00")
    assert Survey.objects.count() == asked


def test_an_agreement_that_says_only_how_often_leaves_the_parts_to_the_desk(desk: Desk) -> None:
    agreed(desk, apart="30 calendar days")
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    assert [one.key for one in surveys.parts_of(desk.look(ticket))] == list(GOOD)
