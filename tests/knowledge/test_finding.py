"""What the desk finds in its own knowledge, in every state, and with slips of the hand."""

from __future__ import annotations

from typing import Any

from mainstay.knowledge import actions, articles, finding
from mainstay.knowledge.actions import Said
from mainstay.knowledge.finding import Known
from tests.desk import Desk
from tests.knowledge.conftest import Put


def known(desk: Desk, text: str, *, who: str = "ida", limit: int = 5, **named: Any) -> Known:
    return finding.known(desk.person[who], text, at=desk.now, limit=limit, **named)


def titles(found: Known) -> list[str]:
    return [str(one.title) for one in (*found.articles, *found.issues)]


def test_articles_are_found_in_every_state_beside_known_issues(desk: Desk, put: Put) -> None:
    put("Renew a certificate")
    put("Certificates, a draft", published=False)
    gone = put("A wrong certificate")
    articles.withdraw(article=gone, by=desk.person["ida"], at=desk.now, note="Wrong.")
    actions.add_issue(said=Said("Certificates expire early", "They do."), by=desk.person["ida"], at=desk.now)
    found = known(desk, "certif")
    assert {one.title for one in found.articles} == {"Renew a certificate", "Certificates, a draft", "A wrong certificate"}
    assert [one.title for one in found.issues] == ["Certificates expire early"]
    assert found.instead == ()


def test_a_client_finds_none_of_the_desks_articles(desk: Desk, put: Put) -> None:
    put("Renew a certificate")
    assert known(desk, "certificate", who="ana").articles == []
    assert known(desk, "certifacite", who="ana").instead == ()


def test_the_title_counts_more_than_the_text_and_the_limit_holds(desk: Desk, put: Put) -> None:
    put("Renew a certificate")
    for number in range(4):
        put(f"Other things {number}", "A certificate is spoken of.")
    assert titles(known(desk, "certificate", limit=2))[0] == "Renew a certificate"
    assert len(known(desk, "certificate", limit=2).articles) == 2


def test_a_slip_of_the_hand_is_forgiven_and_said(desk: Desk, put: Put) -> None:
    put("Renew a certificate", "The zeppelin flies.")
    put("Bassoon, a draft", "Words.", published=False)
    actions.add_issue(said=Said("Marzipan is stuck", "It is."), by=desk.person["ida"], at=desk.now)
    for asked, meant, title in (
        ("zepellin", "zeppelin", "Renew a certificate"),
        ("basoon", "bassoon", "Bassoon, a draft"),
        ("marzpan stuck", "marzipan", "Marzipan is stuck"),
    ):
        found = known(desk, asked)
        assert (titles(found), found.instead) == ([title], ((asked.split()[0], meant),)), asked
        assert titles(known(desk, asked, mend=False)) == []
    assert titles(known(desk, "xylophone")) == []


def test_what_is_there_costs_two_questions(desk: Desk, put: Put, django_assert_num_queries: Any) -> None:
    put("Renew a certificate")
    with django_assert_num_queries(2):
        known(desk, "certificate")
    with django_assert_num_queries(0):
        known(desk, " ")
