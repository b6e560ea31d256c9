"""What readers tell, and the desk's list of where something is missing."""

from __future__ import annotations

import pytest

from mainstay.knowledge import articles, readers, shelf
from mainstay.knowledge.models import Vain, Vote
from mainstay.tickets.actions import CannotDo
from tests.desk import Desk
from tests.knowledge.conftest import Put


def test_one_reader_has_one_vote_which_the_last_word_decides(desk: Desk, put: Put) -> None:
    edition = put("Print a label").shown
    assert edition is not None
    readers.vote(edition=edition, voter="a", helped=True, at=desk.now)
    readers.vote(edition=edition, voter="a", helped=False, at=desk.now, reason="wrong", comment=" The\x00 driver. ")
    readers.vote(edition=edition, voter="b", helped=True, at=desk.now, reason="wrong")
    assert shelf.helped(edition.article) == (1, 1)
    assert [(one.voter, one.reason, one.comment) for one in Vote.objects.order_by("voter")] == [
        ("a", "wrong", "The driver."),
        ("b", "", ""),
    ]
    with pytest.raises(CannotDo, match="one of the reasons"):
        readers.vote(edition=edition, voter="c", helped=False, at=desk.now, reason="because")


def test_words_that_found_nothing_are_counted_without_who(desk: Desk) -> None:
    for text in ("Giraffe printers", "giraffe   PRINTERS!", "my nhs number 9434765919", "ana@acme.example", "the of"):
        readers.looked_in_vain(text=text, at=desk.now)
    assert sorted(Vain.objects.values_list("words", "times")) == [("giraffe printers", 2), ("nhs number", 1)]


def test_the_gaps_are_what_did_not_help_was_not_found_or_is_old(desk: Desk, put: Put) -> None:
    ida = desk.person["ida"]
    old, fresh = put("Print a label"), put("Order labels")
    assert fresh.shown is not None
    readers.vote(edition=fresh.shown, voter="a", helped=False, at=desk.now, reason="unclear")
    readers.vote(edition=fresh.shown, voter="b", helped=True, at=desk.now)
    readers.looked_in_vain(text="giraffe", at=desk.now)
    assert shelf.gaps(ida, at=desk.now).number == 2
    later = desk.now + shelf.LONG * 1.01
    assert [one.address for one in shelf.gaps(ida, at=later).old] == ["print-a-label", "order-labels"]
    articles.find_still_right(article=old, by=ida, at=later)
    assert [one.address for one in shelf.gaps(ida, at=later).old] == ["order-labels"]
    assert shelf.gaps(desk.person["ana"], at=later).number == 0
    readers.settle_vote(vote=Vote.objects.get(voter="a"), by=ida, at=desk.now)
    readers.settle_vain(vain=Vain.objects.get(), by=ida, at=desk.now)
    assert shelf.gaps(ida, at=desk.now).number == 0
    readers.looked_in_vain(text="giraffe", at=desk.now)
    assert [one.times for one in shelf.gaps(ida, at=desk.now).vain] == [2]


def test_clients_see_nothing_of_what_the_desk_keeps(desk: Desk, put: Put) -> None:
    put("Print a label", published=False)
    assert not shelf.kept_articles(desk.person["ana"]).exists()
    assert shelf.kept_articles(desk.person["ida"]).count() == 1


def test_articles_are_listed_by_state_product_audience_and_words(desk: Desk, put: Put) -> None:
    put("Print a label", "About drivers.")
    put("Order labels", published=False, audience="signed_in")
    ida = desk.person["ida"]

    def titles(**asked: str) -> list[str]:
        return [one.title for one in shelf.articles(ida, shelf.Asked(**asked))]  # type: ignore[arg-type]

    assert titles() == ["Order labels", "Print a label"]
    assert titles(state="draft") == titles(audience="signed_in") == ["Order labels"]
    assert titles(text="driver") == ["Print a label"]
    assert titles(text="?!") == []
    first = shelf.articles(ida, shelf.Asked())[0]
    assert [one.title for one in shelf.articles(ida, shelf.Asked(after=first.pk))] == ["Print a label"]
    assert shelf.waiting_for(desk.person["jon"]) == 0
