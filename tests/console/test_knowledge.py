"""Known issues in the console: listed, added, changed, offered while a subject is typed, linked and taken away."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from mainstay.console.views import knowledge as views
from mainstay.contracts import actions as contracts
from mainstay.knowledge import actions
from mainstay.knowledge.models import KnownIssue
from mainstay.tickets.models import Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_calls import ring
from tests.desk import Desk

PRINTING = {
    "title": "Labels are printed askew <after> 4.2",
    "symptoms": "The label printer prints skewed labels.",
    "status": "workaround",
    "workaround": 'Choose the driver "4.1" & print again.',
}


def add(browser: Client, **said: str) -> Any:
    nonce = pages.nonce(browser.get("/issues/add/"))
    return browser.post("/issues/add/", {**PRINTING, **said, "nonce": nonce}, follow=True)


@pytest.fixture
def issue(desk: Desk, browse: Browse) -> KnownIssue:
    desk.at("Mon 09:00")
    add(browse("ida"))
    return KnownIssue.objects.get()


@pytest.fixture
def ticket(desk: Desk, issue: KnownIssue) -> Ticket:
    return desk.mail("ana", "Our labels are skewed")


def test_no_issue_yet_says_what_would_be_here(browse: Browse) -> None:
    said = pages.text(browse("ida").get("/issues/"))
    assert "No known issue yet" in said
    assert "offered while a subject like it is typed" in said


def test_one_is_added_listed_found_and_shown_with_its_history(browse: Browse, issue: KnownIssue) -> None:
    ida = browse("ida")
    assert f"Labels are printed askew <after> 4.2 {issue.name} Workaround 0 tickets" in pages.text(ida.get("/issues/"))
    assert "Labels are printed askew" in pages.text(ida.get("/issues/?text=skewed+label&status=workaround"))
    assert "Nothing matches" in pages.text(ida.get("/issues/?text=skewed&status=fixed"))
    said = pages.text(ida.get(f"/issues/{issue.pk}/"))
    assert "Any product" in said
    assert "Ida added it" in said.replace("Ida Flint", "Ida")
    assert "No ticket is linked to it." in said


def test_issues_are_narrowed_by_product_and_paged(desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """An issue that names no product is about any. Each stands on one page, the one changed last first."""
    monkeypatch.setattr(views, "PAGE", 2)
    lantern, ferry = (contracts.add_product(key=key, name=key.title()) for key in ("lantern", "ferry"))
    for title, products in (("A", [lantern]), ("B", [ferry]), ("C", []), ("D", [lantern, ferry]), ("E", [lantern])):
        said = actions.Said(title=f"Issue {title}", symptoms="It is wrong.", products=products)
        actions.add_issue(said=said, by=desk.person["ida"], at=desk.now)
    ida = browse("ida")

    def titles(address: str) -> tuple[str, str]:
        page = ida.get(address).content.decode()
        further = re.search(r'href="([^"]+)" rel="next"', page)
        return "".join(re.findall(r">Issue (\w)<", page)), unescape(further[1]) if further else ""

    first, further = titles("/issues/?product=lantern")
    second, end = titles(f"/issues/{further}")
    assert (first, second, end) == ("ED", "CA", "")
    assert titles("/issues/?product=ferry")[0] == "DC"
    assert "Nothing matches" in pages.text(ida.get("/issues/?product=ferry&text=astray"))


def test_a_change_is_saved_and_told(browse: Browse, issue: KnownIssue) -> None:
    jon = browse("jon")
    form = jon.get(f"/issues/{issue.pk}/change/")
    assert 'value="Labels are printed askew &lt;after&gt; 4.2"' in form.content.decode()
    said = {**PRINTING, "status": "fixed", "release": "4.3", "nonce": pages.nonce(form)}
    said_then = pages.text(jon.post(f"/issues/{issue.pk}/change/", said, follow=True))
    assert "Fixed in 4.3" in said_then
    assert "changed status from workaround to fixed in a release, release" in said_then


def test_a_status_without_what_it_promises_is_refused_with_what_was_typed(browse: Browse) -> None:
    answer = add(browse("ida"), workaround="")
    assert answer.status_code == 422
    assert "Write the workaround, or choose another status." in pages.text(answer)
    assert "The label printer prints skewed labels." in pages.text(answer)


def test_it_is_offered_while_a_subject_is_typed(browse: Browse, ticket: Ticket) -> None:
    ida = browse("ida")
    said = pages.text(ida.get("/suggest/?subject=labels+skewed+agai"))
    assert "Known issues Labels are printed askew <after> 4.2" in said
    assert "Similar tickets Our labels are skewed" in said
    assert "1 known issues and 1 similar tickets" in said
    assert pages.text(ida.get("/suggest/?subject=%00")) == pages.text(ida.get("/suggest/")) == ""
    form = ida.get("/tickets/new/").content.decode()
    assert 'hx-trigger="load, input changed delay:250ms from:#id_subject"' in form


def test_it_is_offered_in_a_call_too_and_leaves_the_form_where_it_is(desk: Desk, browse: Browse) -> None:
    """The form's own targets must not catch what the suggestions ask for."""
    ida = browse("ida")
    call = ring(desk, ida)
    pane = ida.get(f"/calls/{call.pk}/do/ticket/").content.decode()
    offered = pane.split('class="suggested"')[1].split("</section>")[0]
    assert "input changed delay:250ms from:#call_subject" in offered
    assert 'hx-target="this"' in offered


def test_a_solved_ticket_comes_first_with_its_cause_and_the_letter_that_solved_it(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    solved = desk.mail("cleo", "Labels are skewed")
    desk.confirm("ida", solved, 3)
    letter = desk.fix("ida", solved, cause="software")
    desk.close("ida", solved, cause="software")
    desk.mail("cleo", "Skewed labels")
    body = browse("ida").get("/suggest/?subject=labels+skewed").content.decode()
    similar = body.split("Similar tickets")[1]
    assert similar.index(solved.reference) < similar.index(ticket.reference)
    assert "Software or service" in similar
    assert f'href="/tickets/{solved.reference}/#message-{letter.pk}"' in similar


def card(browser: Client, ticket: Ticket) -> Any:
    return browser.get(f"/tickets/{ticket.reference}/issues/")


def test_linking_is_told_offers_the_reply_and_the_cause_and_can_be_undone(
    desk: Desk, browse: Browse, ticket: Ticket, issue: KnownIssue
) -> None:
    ida, here = browse("ida"), f"/tickets/{ticket.reference}/issues/{issue.pk}"
    assert "May be about Labels are printed askew" in pages.text(card(ida, ticket))
    page = ida.post(f"{here}/link/", follow=True)
    assert f"Linked to {issue.name}." in pages.text(page)
    assert f'action="{here}/unlink/"' in page.content.decode()
    assert f"Linked to a known issue {issue.name}" in pages.text(page)
    shown = card(ida, ticket)
    assert "May be about" not in pages.text(shown)
    assert "driver &#34;4.1&#34; &amp; print again.\"" in shown.content.decode()
    assert "Cause not recorded yet. Record: known issue" in pages.text(shown)
    assert f"{ticket.reference} Our labels are skewed" in pages.text(ida.get(f"/issues/{issue.pk}/"))
    assert 'value="known_issue" selected' in ida.get(f"/tickets/{ticket.reference}/close/").content.decode()
    ida.post(f"/tickets/{ticket.reference}/issues/cause/")
    assert desk.look(ticket).cause == "known_issue"
    assert "Cause not recorded" not in pages.text(card(ida, ticket))
    page = ida.post(f"{here}/unlink/", follow=True)
    assert f"{issue.name} is no longer linked." in pages.text(page)
    assert f'action="{here}/link/"' in page.content.decode()


def test_a_cause_is_not_recorded_where_nothing_is_linked(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    page = browse("ida").post(f"/tickets/{ticket.reference}/issues/cause/", follow=True)
    assert "No known issue is linked" in pages.text(page)
    assert desk.look(ticket).cause == ""


def test_a_held_request_is_offered_no_reply(desk: Desk, browse: Browse, issue: KnownIssue) -> None:
    """Nothing about what we know leaves before the sender is verified."""
    held = desk.mail("stranger@acme.example", "Labels are skewed")
    ida = browse("ida")
    ida.post(f"/tickets/{held.reference}/issues/{issue.pk}/link/")
    assert "Use in the reply" not in pages.text(card(ida, held))


def test_search_shows_issues_above_tickets(browse: Browse, ticket: Ticket) -> None:
    said = pages.text(browse("ida").get("/search/?q=skewed+labels"))
    assert said.index("Known issues Labels are printed askew") < said.index("Our labels are skewed MST")


def test_the_card_costs_a_fixed_number_of_queries(
    desk: Desk, browse: Browse, ticket: Ticket, django_assert_max_num_queries: Any
) -> None:
    ida = browse("ida")
    card(ida, ticket)
    for number in range(6):
        desk.mail("ana", f"Our labels are skewed {number}")
    with django_assert_max_num_queries(9):
        card(ida, ticket)
