"""Pack, clause 3.1 and 3.4: clients learn of known issues: what is published they see, and what is new they are told."""

from __future__ import annotations

from datetime import date

import pytest

from mainstay.contracts.models import ContractProduct, Product
from mainstay.knowledge import actions, publishing, queries
from mainstay.knowledge.actions import Said
from mainstay.knowledge.models import KnownIssue, News, Reader
from mainstay.releases import actions as releases
from mainstay.releases.models import Release
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from tests.desk import Desk, tickets


@pytest.fixture
def rota(desk: Desk) -> Product:
    """A product that Acme has and Carrow has not."""
    made = Product.objects.create(key="rota", name="Rota")
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=made)
    return made


@pytest.fixture
def issue(desk: Desk, rota: Product) -> KnownIssue:
    said = Said("Labels are printed askew", "Skewed labels.", "workaround", workaround="Use 4.1.", products=[rota])
    return actions.add_issue(said=said, by=desk.person["ida"], at=desk.now)


def linked(desk: Desk, issue: KnownIssue, who: str = "ana") -> Ticket:
    ticket = desk.mail(who, "Labels skewed")
    desk.does(actions.link, "ida", ticket, issue=issue)
    return ticket


def published(desk: Desk, issue: KnownIssue) -> KnownIssue:
    return publishing.publish(issue=issue, by=desk.person["ida"], at=desk.now)


def news(desk: Desk, issue: KnownIssue, text: str = "A new driver is being tested.", *, tells: bool = True) -> News:
    made = publishing.give_news(issue=issue, text=text, tells=tells, by=desk.person["ida"], at=desk.now)
    desk.work()
    return made


def sees(desk: Desk, who: str) -> list[str]:
    return [one.title for one in queries.issues(desk.person[who], at=desk.now, text="labels")]


def test_a_client_sees_an_issue_only_once_it_is_published_and_about_its_products(desk: Desk, issue: KnownIssue) -> None:
    assert sees(desk, "ana") == []
    published(desk, issue)
    assert (sees(desk, "ana"), sees(desk, "bo"), sees(desk, "cleo")) == ([issue.title], [issue.title], [])
    assert [one.pk for one in queries.like(desk.person["ana"], "labels printed askew", at=desk.now)] == [issue.pk]
    assert queries.like(desk.person["cleo"], "labels printed askew", at=desk.now) == []
    publishing.unpublish(issue=issue, by=desk.person["ida"], at=desk.now)
    assert sees(desk, "ana") == []
    assert [one.fields for one in issue.changes.order_by("pk")] == [
        {}, {"published": [False, True]}, {"published": [True, False]}
    ]  # fmt: skip


def test_a_product_that_is_no_longer_bought_takes_its_issues_along(desk: Desk, issue: KnownIssue) -> None:
    published(desk, issue)
    contract = desk.contract(desk.acme)
    contract.active_to = desk.now
    contract.save()
    assert sees(desk, "ana") == []


def test_news_reaches_every_linked_client_once_with_their_own_reference(desk: Desk, issue: KnownIssue) -> None:
    """Exactly once per update and request; the letters say nothing of one another."""
    published(desk, issue)
    mine, theirs, unlinked = linked(desk, issue), linked(desk, issue, "cleo"), linked(desk, issue)
    desk.does(actions.unlink, "ida", unlinked, issue=issue)
    made = news(desk, issue)
    publishing.work({"news": made.pk}, at=desk.now)
    desk.work()
    told = desk.sent(kind="known_issue_update")
    assert [one.to for one in told] == [("ana",), ("cleo",)]
    assert [one.subject.split()[0] for one in told] == [f"[{mine.reference}]", f"[{theirs.reference}]"]
    assert f"{issue.name}: Labels are printed askew" in told[0].text
    assert "There is a way around it." in told[0].text
    assert "A new driver is being tested." in told[0].text
    assert theirs.reference not in told[0].text
    assert News.objects.get().finished_at == desk.now
    assert desk.faults() == []


def test_telling_moves_no_clock(desk: Desk, issue: KnownIssue) -> None:
    """It says nothing of this request's own progress, so no promise is kept by it (clause 3.6)."""
    published(desk, issue)
    ticket = desk.opened()
    desk.does(actions.link, "ida", ticket, issue=issue)
    before = [desk.clock(ticket, name) for name in ("response", "resolution", "update")]
    news(desk, issue)
    assert [desk.clock(ticket, name) for name in ("response", "resolution", "update")] == before


def test_news_may_be_kept_without_telling(desk: Desk, issue: KnownIssue) -> None:
    linked(desk, issue)
    made = news(desk, issue, tells=False)
    assert (desk.sent(kind="known_issue_update"), made.finished_at) == ([], desk.now)


@pytest.mark.parametrize(("text", "why"), [("It is being tested.", "Publish it first"), (" ", "Write what is new")])
def test_what_cannot_be_told_says_why(desk: Desk, issue: KnownIssue, text: str, why: str) -> None:
    with pytest.raises(CannotDo, match=why):
        news(desk, issue, text)


def test_whoever_cannot_be_written_to_is_shown(desk: Desk, issue: KnownIssue) -> None:
    published(desk, issue)
    ticket = linked(desk, issue)
    Ticket.objects.filter(pk=ticket.pk).update(requester_address="")
    news(desk, issue)
    assert Reader.objects.get().outcome == "unreached"


def planned(desk: Desk, rota: Product, issue: KnownIssue) -> Release:
    release = releases.plan(
        product=rota, name="5.4", kind="minor", planned_on=date(2026, 1, 20), by=desk.person["mara"], at=desk.now
    )
    said = Said(
        issue.title, issue.symptoms, "planned", workaround=issue.workaround, products=[rota], fixed_in=release
    )
    actions.change_issue(issue=issue, said=said, by=desk.person["ida"], at=desk.now)
    return release


def test_an_issue_is_fixed_once_its_release_is_out_and_says_so(desk: Desk, rota: Product, issue: KnownIssue) -> None:
    release = planned(desk, rota, published(desk, issue))
    linked(desk, issue)
    releases.ship(release=release, by=desk.person["mara"], at=desk.now)
    desk.work()
    issue.refresh_from_db()
    assert (issue.status, issue.release, issue.fixed_in) == ("fixed", "5.4", release)
    (letter,) = desk.sent(kind="known_issue_update")
    assert "It is fixed in Rota 5.4." in letter.text
    assert issue.changes.order_by("-pk")[0].fields["status"] == ["planned", "fixed"]


def test_whoever_has_a_request_in_the_release_gets_one_letter_not_two(
    desk: Desk, rota: Product, issue: KnownIssue
) -> None:
    release = planned(desk, rota, published(desk, issue))
    ticket = linked(desk, issue)
    tickets.set_details(ticket=ticket, at=desk.now, actor="test", missing=(), product=rota)
    desk.confirm("ida", ticket, 4)
    desk.advance(seconds=15)
    releases.ship(release=release, by=desk.person["mara"], at=desk.now)
    desk.work()
    assert len(desk.sent(kind="release_shipped")) == 1
    assert desk.sent(kind="known_issue_update") == []


def test_an_issue_that_is_not_published_is_fixed_without_a_word(desk: Desk, rota: Product, issue: KnownIssue) -> None:
    release = planned(desk, rota, issue)
    linked(desk, issue)
    releases.ship(release=release, by=desk.person["mara"], at=desk.now)
    desk.work()
    issue.refresh_from_db()
    assert (issue.status, desk.sent(kind="known_issue_update")) == ("fixed", [])
