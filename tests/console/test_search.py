"""The search page: what was found, where, with the words marked; and what it says where nothing was."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.knowledge import articles
from mainstay.knowledge.articles import Content
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk


@pytest.fixture
def cards(desk: Desk) -> Ticket:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards & <b>readers</b>", "The reader says <script>alert('cards')</script> all day.")
    desk.does(tickets.add_note, "ida", ticket, text="Their gateway shows zanzibar.")
    return ticket


def test_a_result_says_whose_it_is_and_where_it_was_found(browse: Browse, cards: Ticket) -> None:
    page = browse("ida").get("/search/", {"q": "zanzibar"})
    assert f"{cards.reference} ? Severity Not graded New Acme Health" in pages.text(page)
    assert "Their gateway shows zanzibar . Internal note Ida" in pages.text(page)
    note = cards.messages.get(direction="note")
    assert f'href="/tickets/{cards.reference}/#message-{note.pk}"' in page.content.decode()


def test_what_a_client_wrote_is_text_and_nothing_else(browse: Browse, cards: Ticket) -> None:
    """Class C16: marking words must not unescape them."""
    body = browse("ida").get("/search/", {"q": "cards reader"}).content.decode()
    assert "<script>alert" not in body
    assert "<b>readers" not in body
    assert "<mark>Cards</mark> &amp; &lt;b&gt;<mark>readers</mark>&lt;/b&gt;" in body
    body = browse("ida").get("/search/", {"q": '"><script>x</script>'}).content.decode()
    assert "<script>x" not in body


def test_nothing_asked_explains_how_to_ask(browse: Browse) -> None:
    said = pages.text(browse("ida").get("/search/"))
    assert "How to ask" in said
    assert "before:2026-01-31 older than that day" in said
    assert "Nothing was found" not in said


def test_nothing_found_says_what_else_to_try(browse: Browse, cards: Ticket) -> None:
    page = browse("ida").get("/search/", {"q": "reader xylophone is:closed"})
    assert "Nothing was found" in pages.text(page)
    assert 'href="/search/?q=reader+xylophone"' in page.content.decode()
    assert 'href="/search/?q=reader"' in page.content.decode()


def test_an_operator_that_there_is_not_is_said(browse: Browse, cards: Ticket) -> None:
    page = browse("ida").get("/search/", {"q": "prio:1 reader"})
    assert "There is no operator 'prio:', so it was looked for as words." in pages.text(page)


@pytest.mark.parametrize("query", ["q=%00", "q=reader&after=x", "q=reader&after=-1", "q=reader&after=%D9%A3", "q=%ED%A0%80",
                                   "q=reader&after=99999999999999999999", "q=reader&order=%22"])  # fmt: skip
def test_no_address_breaks_the_page(browse: Browse, cards: Ticket, query: str) -> None:
    assert browse("ida").get(f"/search/?{query}").status_code == 200


def test_many_results_are_the_best_first_and_all_of_them_page_by_page(desk: Desk, browse: Browse) -> None:
    for number in range(23):
        tickets.open_ticket(
            at=desk.now, channel="phone", subject=f"Router {number}", requester_address="x@y.example", verified=False
        )
    ida = browse("ida")
    assert "20 shown Best first Newest first" in pages.text(ida.get("/search/", {"q": "router"}))
    first = ida.get("/search/", {"q": "router", "order": "newest"}).content.decode()
    older = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = pages.text(ida.get(older))
    assert [f"Router {number} MST" in second for number in (0, 1, 2, 3)] == [True, True, True, False]


def test_a_page_of_results_costs_a_fixed_number_of_queries(
    desk: Desk, browse: Browse, cards: Ticket, django_assert_max_num_queries: Any
) -> None:
    ida = browse("ida")
    ida.get("/search/", {"q": "reader"})
    with django_assert_max_num_queries(12):
        ida.get("/search/", {"q": "reader is:open"})


def test_the_palette_finds_as_one_types_and_leads_to_the_page(browse: Browse, cards: Ticket) -> None:
    ida = browse("ida")
    said = ida.get("/palette/", {"q": "zanzi"})
    assert cards.reference in pages.text(said)
    assert 'href="/search/?q=zanzi"' in said.content.decode()
    assert cards.reference in pages.text(ida.get("/palette/", {"q": cards.reference.lower().replace("-", " ")}))
    assert cards.reference not in pages.text(ida.get("/palette/", {"q": "xylophone"}))


def test_articles_stand_beside_tickets_and_a_slip_of_the_hand_is_said(
    desk: Desk, browse: Browse, cards: Ticket
) -> None:
    for title in ("Renew a <certificate>", "Certificates", "A certificate lost", "The fourth certificate"):
        content = Content(title=title, text=f"Where the {'zeppelin' if '<' in title else 'lamp'} is.")
        articles.begin(content=content, by=desk.person["ida"], at=desk.now)
    ida = browse("ida")
    page = ida.get("/search/", {"q": "certificate"})
    assert "The fourth certificate Draft Clients who are signed in Any product" in pages.text(page)
    assert 'href="/articles/?text=certificate"' in page.content.decode(), "where there are more"
    assert "<certificate>" not in page.content.decode()
    page = ida.get("/search/", {"q": "fuorth"})
    assert "nothing has fuorth ; shown is what has fourth ." in pages.text(page)
    assert "Nothing was found" not in pages.text(page)
    assert "Where the <mark>zeppelin</mark> is." in ida.get("/search/", {"q": "zeppelin"}).content.decode()
