"""Links to articles in letters: which the requester can open, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.knowledge import articles, linking
from mainstay.knowledge.models import Article
from mainstay.tickets.models import Ticket
from tests.desk import Desk
from tests.knowledge.conftest import Put


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.mail("ana", "Cards are not read")


@pytest.fixture
def shelf(desk: Desk, put: Put) -> dict[str, Article]:
    made = {
        "public": put("For everybody"),
        "signed_in": put("For clients", audience="signed_in"),
        "acme": put("For Acme", audience="clients", organisations=[desk.acme]),
        "other": put("For others", audience="clients", organisations=[desk.client("Bolt", domain="bolt.example", coverage="core")]),
        "draft": put("Not yet", published=False),
        "gone": put("No more"),
    }  # fmt: skip
    articles.withdraw(article=made["gone"], by=desk.person["ida"], at=desk.now, note="Wrong.")
    made["gone"].refresh_from_db()
    return made


def opened(desk: Desk, ticket: Ticket, shelf: dict[str, Article]) -> dict[str, tuple[bool, str]]:
    found = linking.openings(ticket, list(shelf.values()), at=desk.now)
    return {name: (one.may, one.words) for name, one in zip(shelf, found, strict=True)}


def test_each_article_says_whether_the_requester_can_open_it(
    desk: Desk, ticket: Ticket, shelf: dict[str, Article]
) -> None:
    desk.person["ana"].set_password("a password of her own")
    desk.person["ana"].save()
    assert opened(desk, desk.look(ticket), shelf) == {
        "public": (True, ""),
        "signed_in": (True, ""),
        "acme": (True, ""),
        "other": (False, f"It is for some clients only. {desk.acme.name} is not among them."),
        "draft": (False, "It is a draft: no reader sees it."),
        "gone": (False, "It is withdrawn: no reader sees it."),
    }


def test_whoever_has_no_account_is_to_be_invited_first(desk: Desk, ticket: Ticket, shelf: dict[str, Article]) -> None:
    found = opened(desk, ticket, shelf)
    assert found["public"] == (True, "")
    assert found["acme"] == (True, f"{ticket.requester_name} has no account to sign in with. Invite them first.")


def test_a_requester_who_is_nobodys_user_opens_public_ones_alone(
    desk: Desk, ticket: Ticket, shelf: dict[str, Article]
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(requester=None)
    found = opened(desk, desk.look(ticket), shelf)
    assert [name for name, (may, _) in found.items() if may] == ["public"]
    assert found["signed_in"][1].endswith("the requester is none of them.")


def test_many_articles_cost_as_many_questions_as_one(
    desk: Desk, ticket: Ticket, shelf: dict[str, Article], django_assert_max_num_queries: Any
) -> None:
    rows = list(Article.objects.select_related("shown"))
    look = Ticket.objects.select_related("requester", "organisation").get(pk=ticket.pk)
    with django_assert_max_num_queries(4):
        linking.openings(look, rows, at=desk.now)


def test_a_text_names_the_links_that_lead_to_nothing(
    desk: Desk, ticket: Ticket, shelf: dict[str, Article], django_assert_num_queries: Any
) -> None:
    articles.move(article=shelf["other"], address="moved", by=desk.person["ida"], at=desk.now)
    text = "See {0}for-everybody/ and {0}not-yet/, {0}for-others/ and {0}no-such-thing/.".format(
        linking.link_to(Article(address=""))[:-1]
    )
    closed = linking.closed_to(ticket, text, at=desk.now)
    assert {one.article.title for one in closed} == {"Not yet", "For others"}
    assert "The requester cannot open 'Not yet'. It is a draft" in linking.said_of(closed)
    with django_assert_num_queries(0):
        assert linking.closed_to(ticket, "No link at all.", at=desk.now) == []
