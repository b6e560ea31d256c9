"""Search finds what was said to whoever may see it, on both databases, whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from mainstay.clocks.standings import standings
from mainstay.lib import sql
from mainstay.mail.models import Arrival
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation, Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import search, tags, verification
from mainstay.tickets.models import Passage, Ticket
from tests.desk import Desk

LONDON = ZoneInfo("Europe/London")
Look = Callable[..., list[str]]


@pytest.fixture
def found(desk: Desk) -> Callable[..., search.Found]:
    """Return what somebody finds: `found("printer", who="ida")`."""

    def look(text: str, who: str = "ida", **named: object) -> search.Found:
        person = desk.person[who]
        asks = standings(person, at=desk.now)
        return search.find(person, text, at=desk.now, zone=LONDON, standings=asks, **named)  # type: ignore[arg-type]

    return look


@pytest.fixture
def subjects(found: Callable[..., search.Found]) -> Look:
    return lambda text, who="ida", **named: [hit.ticket.subject for hit in found(text, who, **named).hits]


def shown(pieces: tuple[search.Piece, ...]) -> str:
    """Return marked text with the marks as brackets."""
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


@pytest.fixture
def busy(desk: Desk) -> dict[str, Ticket]:
    """Four requests of two clients, with an answer and a note; the newest is Cleo's."""
    desk.at("Mon 09:00")
    cards = desk.mail("ana", "Cards are not read [INC0012345]", "None of our smartcards are read at the desk.")
    desk.confirm("ida", cards, 2, text="Please try the second reader.")
    desk.does(tickets.add_note, "ida", cards, text="Their gateway shows a certificate of zanzibar.")
    desk.at("Mon 10:00")
    labels = desk.mail("ana", "Label printers are skewed", "Since the update every label is printed askew.")
    desk.at("Tue 09:00")
    café = desk.mail("ana", "Café terminal", "The terminal in the café of the naïve wing is off.")
    carrow = desk.mail("cleo", "Printing is slow", "Each page takes a minute to print.")
    return {"cards": cards, "labels": labels, "café": café, "carrow": carrow}


@pytest.mark.parametrize(
    ("case", "asked", "subject"),
    [
        ("a word of the subject", "skewed", "Label printers are skewed"),
        ("a word of the client's message", "askew", "Label printers are skewed"),
        ("a word of our letter", "second reader", "Cards are not read [INC0012345]"),
        ("a word of an internal note", "zanzibar", "Cards are not read [INC0012345]"),
        ("another form of the word", "label printing", "Label printers are skewed"),
        ("any case, without accents", "CAFE naive", "Café terminal"),
        ("with accents", "café", "Café terminal"),
        ("a reference that the client's desk gave", "INC0012345", "Cards are not read [INC0012345]"),
        ("the same, as an operator", "ref:[INC0012345]", "Cards are not read [INC0012345]"),
        ("an organisation", "carrow", "Printing is slow"),
        ("an organisation and a word of the message", "carrow minute", "Printing is slow"),
        ("the requester's address", "cleo@carrow.example", "Printing is slow"),
        ("an exact phrase", '"takes a minute"', "Printing is slow"),
        ("with a word left out", "print -label", "Printing is slow"),
        ("the beginning of a word", "zanzi*", "Cards are not read [INC0012345]"),
    ],
)
def test_it_is_found_by(case: str, asked: str, subject: str, busy: dict[str, Ticket], subjects: Look) -> None:
    assert subjects(asked) == [subject], case


def test_words_that_stand_elsewhere_in_another_order_are_no_phrase(busy: object, subjects: Look) -> None:
    assert subjects('"minute a takes"') == []


def test_our_own_reference_finds_its_ticket_and_a_wrong_digit_says_so(
    busy: dict[str, Ticket], found: Callable[..., search.Found]
) -> None:
    reference = busy["labels"].reference
    assert [hit.ticket for hit in found(reference).hits] == [busy["labels"]]
    assert [hit.ticket for hit in found(f"ref:{reference}").hits] == [busy["labels"]]
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    assert "wrong digit" in found(f"ref:{wrong}").troubles[0]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("org:acme", {"cards", "labels", "café"}),
        ("-org:acme", {"carrow"}),
        ("org:carrow print", {"carrow"}),
        ("from:cleo", {"carrow"}),
        ("from:ana@acme.example terminal", {"café"}),
        ("to:jon", {"labels"}),
        ("assignee:nobody", {"cards", "café", "carrow"}),
        ("team:support", {"labels", "café", "carrow"}),  # the cards were escalated
        ("tag:Printing", {"labels"}),
        ("-tag:printing print", {"carrow"}),
        ("sev:2", {"cards"}),
        ("sev:none print", {"labels", "carrow"}),
        ("state:new", {"café", "carrow"}),
        ("is:open", {"cards", "labels", "café", "carrow"}),
        ("is:closed", set()),
        ("is:unassigned -is:held", {"cards", "café", "carrow"}),
        ("is:breached", {"cards", "labels"}),
        ("before:2026-01-13", {"cards", "labels"}),
        ("after:13/01/2026", {"café", "carrow"}),
        ("on:today", {"café", "carrow"}),
        ("on:yesterday label", {"labels"}),
        ("-card", {"labels", "café", "carrow"}),
        ("has:attachment", {"cards"}),  # the ledger that went to the coordinator
    ],
)
def test_operators_narrow(
    asked: str, names: set[str], desk: Desk, busy: dict[str, Ticket], found: Callable[..., search.Found]
) -> None:
    desk.does(tickets.assign, "ida", busy["labels"], assignee=desk.person["jon"], team=Team.objects.get(key="support"))
    desk.does(tags.tag, "ida", busy["labels"], name="printing")
    said = found(asked)
    assert said.troubles == ()
    assert {name for name, ticket in busy.items() if ticket in [hit.ticket for hit in said.hits]} == names


def test_mine_is_whoever_asks(desk: Desk, busy: dict[str, Ticket], subjects: Look) -> None:
    desk.does(tickets.assign, "ida", busy["café"], assignee=desk.person["jon"])
    assert subjects("is:mine", "jon") == subjects("to:me", "jon") == ["Café terminal"]
    assert subjects("is:mine", "ida") == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("priority:1 print", "There is no operator 'priority:'"),
        ("is:purple", "It can be open, closed, breached"),
        ("sev:high", "'high' is no severity"),
        ("state:gone", "'gone' is no state"),
        ("before:soon", "'soon' is no day"),
        ("on:31/02/2026", "is no day"),
        ("on:0001-01-01", "check the year"),
        ("org:nowhere", "No client is called 'nowhere'"),
        ("to:nobodyknows", "Nobody at the desk is called"),
        ("team:nowhere", "No team is called"),
        ("tag:nowhere", "There is no tag 'nowhere'"),
        ("has:fun", "It can be has:attachment"),
        ("from:---", "Write a name or an address"),
    ],
)
def test_what_cannot_be_understood_is_explained(
    asked: str, said: str, busy: object, found: Callable[..., search.Found]
) -> None:
    assert said in " ".join(found(asked).troubles)


HOSTILE = [
    '"', '""', '" OR "', "NEAR(", "NEAR(a b, 3)", "' --", "'; DROP TABLE tickets_ticket; --", "a AND", "OR", "NOT",
    "AND OR NOT", "*", "a*b*", "-", "--", "-\"", "(", ")", "((((", "{head}: x", "head : x", "^x", "a:b:c:d", ":*", "a & ! b",
    "a <-> b", "\\", "\\'", "%", "%s", "%(x)s", "_", "\x00", "a\x00b", "\ud800", "x" * 5000, "a " * 3000, "is:", "is:\"\"",
    "https://x.example/?q=1", "c:\\temp", "<script>alert(1)</script>", "🙂", "日本語", "٣", "ﬁ", "½", "é́́́", "+", "a+b", "col:\"", "org:%",
]  # fmt: skip


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_is_a_command(
    asked: str, desk: Desk, busy: object, found: Callable[..., search.Found]
) -> None:
    """Tokens alone go into a query, so that a quote is a quote to neither database."""
    for best in (False, True):
        found(asked, best=best)
    search.while_typing(desk.person["ida"], asked, at=desk.now)
    search.similar(desk.person["ida"], asked, at=desk.now)
    assert Ticket.objects.count() == 4


# ---- Who may find what --------------------------------------------------------------------------------------


def test_a_client_finds_their_own_and_nothing_of_anybody_else(busy: object, subjects: Look) -> None:
    """Class C2: the list's own scoping stands behind every result."""
    assert subjects("print", "cleo") == ["Printing is slow"]
    assert subjects("label", "cleo") == subjects("acme", "cleo") == subjects("before:2026-02-01 ana", "cleo") == []
    assert set(subjects("print", "ida")) == {"Printing is slow", "Label printers are skewed"}


def test_a_client_never_matches_an_internal_note(busy: object, subjects: Look) -> None:
    """Class C3: neither by a word of it, nor by leaving one out, nor by who wrote it."""
    assert subjects("zanzibar", "ida") == ["Cards are not read [INC0012345]"]
    assert subjects("zanzibar", "ana") == []
    assert "Cards are not read [INC0012345]" in subjects("-zanzibar", "ana")
    assert subjects("cards certificate", "ana") == []


def test_a_client_is_not_told_of_our_inside_by_operators(
    busy: object, found: Callable[..., search.Found]
) -> None:
    for asked in ("to:ida", "team:support", "is:breached", "assignee:nobody", "org:carrow"):
        said = found(asked, "ana")
        assert "There is no operator" in said.troubles[0]
        assert "team:" not in said.troubles[0].partition("There are")[2]


def test_a_person_who_is_shut_out_finds_nothing(desk: Desk, busy: object, subjects: Look) -> None:
    ana = desk.person["ana"]
    Membership.objects.filter(person=ana).update(active_to=desk.now)
    assert subjects("cards", "ana") == []


def test_a_held_request_is_found_by_staff_only(desk: Desk, busy: object, subjects: Look) -> None:
    desk.mail("stranger@acme.example", "Printer of the director")
    assert subjects("director") == subjects("is:held") == ["Printer of the director"]
    assert subjects("director", "ana") == []


def test_once_authorised_it_belongs_to_its_client_in_search_too(desk: Desk, subjects: Look) -> None:
    held = desk.mail("stranger@acme.example", "Printer of the director")
    assert subjects("org:acme director") == []
    desk.does(verification.attach, "ida", held, organisation=Organisation.objects.get(name="Acme Health"))
    assert subjects("org:acme director") == ["Printer of the director"]


def test_a_client_that_is_renamed_is_found_by_its_new_name_at_once(
    desk: Desk, busy: object, subjects: Look
) -> None:
    Organisation.objects.filter(name="Carrow Trust").update(name="Harbour Hospital")
    assert subjects("harbour") == ["Printing is slow"]


# ---- How it is shown ----------------------------------------------------------------------------------------


def test_a_hit_says_where_it_was_found_with_the_words_marked(
    busy: object, found: Callable[..., search.Found]
) -> None:
    (hit,) = found("zanzibar").hits
    assert (hit.source, shown(hit.excerpt)) == ("note", "Their gateway shows a certificate of [zanzibar].")
    (hit,) = found("skewed labels").hits
    assert shown(hit.subject) == "[Label] printers are [skewed]"


def test_each_ticket_is_shown_once_by_its_newest_passage(
    desk: Desk, busy: dict[str, Ticket], found: Callable[..., search.Found]
) -> None:
    desk.does(tickets.add_note, "ida", busy["labels"], text="The label of the label is a label.")
    hits = found("label").hits
    assert [(hit.ticket, hit.source) for hit in hits] == [(busy["labels"], "note")]


def test_pages_are_cut_by_key_and_show_no_ticket_twice(
    desk: Desk, found: Callable[..., search.Found]
) -> None:
    rows = [desk.mail("ana", f"Router {number}", "The router is down.") for number in range(7)]
    for ticket in rows[::2]:
        desk.does(tickets.add_note, "ida", ticket, text="Same router.")
    shown_, after = [], None
    for _ in range(10):
        page = found("router", after=after, size=2)
        shown_ += [hit.ticket.subject for hit in page.hits]
        after = page.after
        if after is None:
            break
    assert sorted(shown_) == [f"Router {number}" for number in range(7)]


def test_the_best_have_the_words_in_their_subject(desk: Desk, subjects: Look) -> None:
    desk.mail("ana", "Scanner jams", "Paper sticks.")
    desk.mail("ana", "Something else", "By the way, the scanner jams as well.")
    assert subjects("scanner jams", best=True) == ["Scanner jams", "Something else"]
    assert subjects("scanner jams") == ["Something else", "Scanner jams"]


def test_a_page_of_results_costs_a_fixed_number_of_queries(
    desk: Desk, found: Callable[..., search.Found], django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(9):
        desk.mail("ana", f"Router {number}", "The router is down.")
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        assert len(found("router is:open").hits) == 9


@pytest.mark.parametrize(
    "asked",
    [
        "router sev:1", "router tag:core", "router to:me", "router to:nobody", "router team:support -tag:core",
        "router -sev:1", "router sev:1 is:open", "router tag:core sev:3", "router before:2020-01-01 sev:1",
    ],
)  # fmt: skip
def test_few_tickets_are_looked_through_with_the_same_result_as_all_that_holds_the_word(
    asked: str, desk: Desk, subjects: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        ticket = desk.mail("ana", f"Router {number}", "The router is down.")
        desk.confirm("ida", ticket, 1 + number % 3)
        desk.does(tags.tag, "ida", ticket, name="core" if number % 2 else "edge")
    few = [subjects(asked), subjects(asked, best=True)]
    monkeypatch.setattr(search, "FEW", -1)

    assert few == [subjects(asked), subjects(asked, best=True)]


def test_a_condition_that_few_meet_leads_to_what_was_said_in_those_few(desk: Desk) -> None:
    """However many others hold the word: a thousand here, none of which is looked at."""
    ticket, other = desk.mail("ana", "Router"), desk.mail("cleo", "Router")
    desk.does(tags.tag, "ida", ticket, name="core")
    model = Passage.objects.filter(ticket=other, source=Passage.Source.ABOUT).values().get()
    copies = Ticket.objects.bulk_create(_copies_of(other, 1_000))
    Passage.objects.bulk_create(Passage(**model | {"id": None, "ticket_id": copy.pk}) for copy in copies)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    question = search.understand(
        desk.person["ida"], "router tag:core", at=desk.now, zone=ZoneInfo("UTC"), standings={}
    )
    plan = sql.plan(sql.newest_first(question.passages, matched=question.joined))

    assert "passage_ticket_id" in plan, plan
    assert {passage.ticket_id for passage in question.passages} == {ticket.pk}


def _copies_of(ticket: Ticket, count: int) -> list[Ticket]:
    columns = {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}
    return [Ticket(**columns | {"id": None}) for _ in range(count)]


# ---- While somebody types -----------------------------------------------------------------------------------


def test_while_typing_the_last_word_may_go_on(desk: Desk, busy: dict[str, Ticket]) -> None:
    ida = desk.person["ida"]
    assert search.while_typing(ida, "label pri", at=desk.now) == [busy["labels"]]
    assert search.while_typing(ida, busy["carrow"].reference.lower(), at=desk.now) == [busy["carrow"]]
    assert search.while_typing(ida, "ac", at=desk.now) != []
    assert search.while_typing(desk.person["cleo"], "label pri", at=desk.now) == []


def test_similar_ones_share_what_tells_and_solved_ones_come_first(desk: Desk, busy: dict[str, Ticket]) -> None:
    ida = desk.person["ida"]
    solved = desk.mail("cleo", "Label printers print askew")
    desk.confirm("ida", solved, 3)
    desk.fix("ida", solved, cause="software")
    desk.close("ida", solved, cause="software")
    found = search.similar(ida, "Our label printers are broken again, please help", at=desk.now)
    assert [one.ticket for one in found] == [solved, busy["labels"]]
    assert found[0].solved_by == solved.messages.get(purpose="fix").pk
    assert search.similar(ida, "please help with the problem", at=desk.now) == []
    others = search.similar(ida, "label printers", at=desk.now, but=busy["labels"])
    assert busy["labels"] not in [one.ticket for one in others]
    assert search.similar(desk.person["ana"], "Printing is slow", at=desk.now) == []


def test_what_no_ticket_came_of_is_not_in_search(desk: Desk, subjects: Look) -> None:
    desk.arrive("nobody@spam.example", "Out of office", headers=["Auto-Submitted: auto-replied"])
    assert Arrival.objects.filter(ticket=None).exists()
    assert subjects("office") == []


def test_an_organisation_that_begins_so_stands_for_its_word(desk: Desk, busy: object, subjects: Look) -> None:
    orgs.add_organisation(name="Printworks", at=desk.now)
    assert set(subjects("print")) == {"Printing is slow", "Label printers are skewed"}
