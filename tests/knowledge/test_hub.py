"""Who may read what in the Support Hub, and what search, counts and suggestions tell whom."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.contracts.models import Product
from mainstay.knowledge import articles, hub, queries
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article
from mainstay.lib.sql import plan
from mainstay.orgs.models import Person
from tests.desk import LONG_AGO, Desk
from tests.knowledge.conftest import Put


@pytest.fixture
def shelf(desk: Desk, put: Put, lantern: Product) -> dict[str, Article]:
    """One article for each audience, a draft, and one that was withdrawn; all are about the same words."""
    made = {
        "public": put("Renew a certificate", "The zeppelin certificate.", product=lantern),
        "signed_in": put("Renew a certificate by hand", "The cucumber certificate.", audience="signed_in"),
        "acme": put(
            "Renew a certificate at Acme", "The walrus certificate.", audience="clients", organisations=[desk.acme]
        ),
        "draft": put("Renew a certificate soon", "The bassoon certificate.", published=False),
        "withdrawn": put("Renew a certificate wrongly", "The marzipan certificate."),
    }
    articles.withdraw(article=made["withdrawn"], by=desk.person["ida"], at=desk.now, note="It is wrong.")
    return made


READS = {
    "nobody": {"public"},
    "cleo": {"public", "signed_in"},
    "bo": {"public", "signed_in", "acme"},
    "ana": {"public", "signed_in", "acme"},
    "nia": {"public"},  # signed in, but for no organisation
    "ida": {"public", "signed_in", "acme"},
}
ONLY = {"public": "zeppelin", "signed_in": "cucumber", "acme": "walrus", "draft": "bassoon", "withdrawn": "marzipan"}


def who(desk: Desk, name: str) -> Person | None:
    return None if name == "nobody" else desk.person[name]


@pytest.mark.parametrize("name", READS)
def test_each_reads_what_is_for_them_by_page_list_search_and_suggestion(
    desk: Desk, shelf: dict[str, Article], name: str
) -> None:
    """Class C2: counts, excerpts and proposals tell no more than the pages."""
    person = who(desk, name)
    mine = {shelf[one].address for one in READS[name]}

    def addresses(found: Any) -> set[str]:
        return {one.shown_for.address for one in found}

    assert addresses(hub.visible_articles(person, at=desk.now)) == mine
    assert {one.address for one in shelf.values() if hub.article_at(one.address, person, at=desk.now)} == mine
    found = hub.search(person, "certificate", at=desk.now)
    assert (addresses(hit.edition for hit in found.hits), found.number) == (mine, len(mine))
    assert addresses(hub.like(person, "renew certificate", at=desk.now)) == mine
    assert addresses(hub.newest(person, at=desk.now)) == mine
    for key, word in ONLY.items():
        exact, mistyped = (hub.search(person, text, at=desk.now) for text in (word, f"{word[:-2]}{word[-1]}"))
        assert exact.number == mistyped.number == (1 if key in READS[name] else 0), (name, key)
        assert bool(mistyped.instead) == (key in READS[name])


def test_authority_counts_at_the_moment_of_reading(desk: Desk, shelf: dict[str, Article]) -> None:
    desk.person["ana"].memberships.update(active_to=desk.now)
    assert [one.audience for one in hub.visible_articles(desk.person["ana"], at=desk.now)] == ["public"]
    assert hub.visible_articles(desk.person["ana"], at=LONG_AGO).count() == 3


def test_somebody_shut_out_reads_what_everybody_reads(desk: Desk, shelf: dict[str, Article]) -> None:
    desk.person["ana"].is_active = False
    assert [one.audience for one in hub.visible_articles(desk.person["ana"], at=desk.now)] == ["public"]


def test_the_sitemap_has_the_public_ones_only(desk: Desk, shelf: dict[str, Article]) -> None:
    assert hub.sitemap(at=desk.now) == [("renew-a-certificate", desk.now)]


def test_products_are_counted_for_each_reader(desk: Desk, shelf: dict[str, Article], lantern: Product) -> None:
    assert hub.products(None, at=desk.now) == [(lantern, 1)]
    assert [one.title for one in hub.articles_of(None, lantern, at=desk.now)] == ["Renew a certificate"]
    assert len(hub.articles_of(desk.person["ana"], None, at=desk.now)) == 2


def test_a_search_puts_what_is_called_so_first_and_marks_the_words(desk: Desk, put: Put) -> None:
    put("About cards", "A printer is mentioned here.\n\nAnd **labels** too.")
    put("Set up the printer", "Labels come out of it.")
    found = hub.search(None, "printer labels", at=desk.now)
    assert [hit.edition.title for hit in found.hits] == ["Set up the printer", "About cards"]
    assert "labels" in [piece.text for piece in found.hits[1].excerpt if piece.marked]
    assert "**" not in "".join(piece.text for piece in found.hits[1].excerpt)


def test_mistyped_words_are_taken_for_the_nearest_and_said(desk: Desk, put: Put) -> None:
    put("Set up the label printer", "Choose a driver.")
    found = hub.search(None, "lable prnter", at=desk.now)
    assert found.instead == (("lable", "label"), ("prnter", "printer"))
    assert [hit.edition.title for hit in found.hits] == ["Set up the label printer"]
    assert hub.search(None, "qqqqqq", at=desk.now).number == 0
    assert hub.search(None, "?!", at=desk.now).number == 0


def test_what_holds_some_of_the_words_is_better_than_nothing_and_said_to_be_loose(desk: Desk, put: Put) -> None:
    put("Set up the label printer", "Choose a driver.")
    found = hub.search(None, "printer giraffe", at=desk.now)
    assert (found.number, found.loose) == (1, True)
    found = hub.search(None, "label printer giraffe", at=desk.now)
    assert (found.number, found.loose) == (1, True)


def test_a_search_is_narrowed_by_product_and_paged(desk: Desk, put: Put, lantern: Product) -> None:
    for number in range(3):
        put(f"Printer {number}", product=lantern if number else None)
    assert hub.search(None, "printer", at=desk.now, product="lantern").number == 3
    assert hub.search(None, "printer", at=desk.now, product="ferry").number == 1
    pages = [hub.search(None, "printer", at=desk.now, page=page, size=2) for page in (1, 2, 3)]
    assert [len(page.hits) for page in pages] == [2, 1, 0]
    assert {page.number for page in pages} == {3}


def test_what_a_client_types_meets_no_syntax(desk: Desk, put: Put) -> None:
    put("Set up the printer")
    for text in ('"', "AND OR NOT", "a:*", "') --", "printer NEAR(", "-printer", "\x00printer"):
        hub.search(None, text, at=desk.now)
    assert hub.search(None, "printer OR", at=desk.now).number == 1


def test_related_articles_share_words_and_are_the_readers_own(desk: Desk, put: Put, lantern: Product) -> None:
    one = put("Renew a smartcard certificate", product=lantern)
    put("Install the smartcard certificate", product=lantern)
    put("Order a smartcard certificate", audience="clients", organisations=[desk.acme])
    put("Print a label")
    assert one.shown is not None
    assert [near.title for near in hub.related(one.shown, None, at=desk.now)] == ["Install the smartcard certificate"]
    assert len(hub.related(one.shown, desk.person["bo"], at=desk.now)) == 2


def test_suggestions_hold_articles_and_no_draft(desk: Desk, shelf: dict[str, Article], lantern: Product) -> None:
    ana, other = desk.person["ana"], Product.objects.create(key="ferry", name="Ferry")
    assert len(queries.suggestions(ana, "renew certificate", at=desk.now).articles) == 3
    assert len(queries.suggestions(ana, "renew certificate", at=desk.now, product=other).articles) == 2
    assert queries.suggestions(ana, "it is", at=desk.now).articles == []
    assert queries.suggestions(ana, "bassoon", at=desk.now).articles == []


def test_the_questions_cost_few_queries_however_many_articles_there_are(
    desk: Desk, put: Put, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        put(f"Printer certificate {number}")
    article = Article.objects.get(address="printer-certificate-1")
    with django_assert_max_num_queries(1):
        edition = hub.article_at("printer-certificate-1", None, at=desk.now)
    assert edition is not None
    with django_assert_max_num_queries(1):
        assert hub.related(edition, None, at=desk.now)
        hub.page_of(edition, file="{name}", article="{}")
    with django_assert_max_num_queries(2):
        assert hub.search(desk.person["ana"], "printer certificate", at=desk.now).number == 12
    assert article.address == edition.shown_for.address


def test_an_article_is_found_by_its_index(desk: Desk, put: Put) -> None:
    put("Print a label")
    steps = plan(hub.visible_articles(None, at=desk.now).filter(shown_for__address="print-a-label"))
    assert "SCAN knowledge_article" not in steps
    assert "Seq Scan on knowledge_article" not in steps


def test_a_change_of_audience_counts_from_its_publication(desk: Desk, put: Put) -> None:
    article = put("Print a label")
    narrowed = Content(title="Print a label", text="Words.", audience="clients", organisations=[desk.carrow])
    articles.write(article=article, content=narrowed, by=desk.person["ida"], at=desk.now)
    assert hub.article_at("print-a-label", None, at=desk.now)
    articles.ask_review(article=article, by=desk.person["ida"], at=desk.now)
    articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    assert hub.article_at("print-a-label", desk.person["ana"], at=desk.now) is None
    assert hub.article_at("print-a-label", desk.person["cleo"], at=desk.now)
