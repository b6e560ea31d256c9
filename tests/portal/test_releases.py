"""Releases, announced changes and known issues in the portal: each client sees those of its own products."""

from __future__ import annotations

from datetime import date

import pytest

from mainstay.contracts.models import ContractProduct, Product
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import publishing
from mainstay.knowledge.models import KnownIssue
from mainstay.portal.views import releases as views
from mainstay.releases import actions, announcing
from mainstay.releases.announcing import Wording
from mainstay.releases.models import Announcement, Release
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket
from tests.console import pages
from tests.portal.conftest import Browse, Desk

DAY, LATER = date(2027, 2, 2), date(2027, 2, 9)


@pytest.fixture
def rota(desk: Desk) -> Product:
    """A product that Acme has and Carrow has not."""
    made = Product.objects.create(key="rota", name="Rota")
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=made)
    return made


@pytest.fixture
def release(desk: Desk, rota: Product) -> Release:
    made = actions.plan(
        product=rota, name="5.4", kind="minor", planned_on=DAY, notes="Two columns <at last>.",
        by=desk.person["mara"], at=desk.now,
    )  # fmt: skip
    desk.work()
    return made


@pytest.fixture
def ticket(desk: Desk, rota: Product, release: Release) -> Ticket:
    made = desk.mail("ana", "Two columns, please")
    tickets.set_details(ticket=made, at=desk.now, actor="test", missing=(), product=rota)
    return pages.settled(desk, made, 4)


def test_a_client_sees_its_release_its_day_and_its_own_requests(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    release = Release.objects.get()
    ana, path = browse("ana"), f"/portal/releases/{release.pk}/"
    listed = pages.text(ana.get("/portal/releases/"))
    assert "Rota 5.4 Planned for Tuesday 2 February 2027 Minor release 1 request of yours waits for it" in listed
    said = pages.text(ana.get(path))
    assert "Two columns <at last>." in said
    assert f"{ticket.reference} Two columns, please Waits for this release" in said
    actions.move(release=release, planned_on=LATER, reason="A test failed.", by=desk.person["mara"], at=desk.now)
    assert "Moved from Tuesday 2 February 2027 to Tuesday 9 February 2027 A test failed." in pages.text(ana.get(path))
    actions.ship(release=release, by=desk.person["mara"], at=desk.now)
    desk.work()
    said = pages.text(ana.get(path))
    assert "Out since" in said
    assert f"{ticket.reference} Two columns, please Solved with this release" in said


def test_a_colleague_sees_the_release_but_not_another_s_request(browse: Browse, ticket: Ticket) -> None:
    said = pages.text(browse("bo").get(f"/portal/releases/{Release.objects.get().pk}/"))
    assert "None of your requests waits for it." in said
    assert ticket.reference not in said
    assert "of yours" not in pages.text(browse("bo").get("/portal/releases/"))


def test_another_client_sees_nothing_of_it(browse: Browse, ticket: Ticket) -> None:
    cleo = browse("cleo")
    assert "No release is planned for your products" in pages.text(cleo.get("/portal/releases/"))
    assert cleo.get(f"/portal/releases/{Release.objects.get().pk}/").status_code == 404


def test_a_withdrawn_release_is_shown_to_no_client(desk: Desk, browse: Browse, release: Release) -> None:
    actions.withdraw(release=release, reason="No.", by=desk.person["mara"], at=desk.now)
    assert browse("ana").get(f"/portal/releases/{release.pk}/").status_code == 404


def test_an_announcement_says_what_was_said_when(desk: Desk, browse: Browse, rota: Product) -> None:
    made = announcing.draft(
        wording=Wording("New lists", "Two columns.", DAY, (rota,)), by=desk.person["mara"], at=desk.now
    )
    ana, path = browse("ana"), f"/portal/announcements/{made.pk}/"
    assert ana.get(path).status_code == 404  # a draft
    announcing.send(announcement=made, by=desk.person["mara"], at=desk.now)
    assert "New lists Takes effect on Tuesday 2 February 2027 Rota" in pages.text(ana.get("/portal/releases/"))
    assert "days' notice" in pages.text(ana.get(path))
    assert browse("cleo").get(path).status_code == 404
    announcing.withdraw(
        announcement=Announcement.objects.get(), reason="Not liked.", by=desk.person["mara"], at=desk.now
    )
    assert "Withdrawn: this change does not come" in pages.text(ana.get(path))


@pytest.fixture
def issue(desk: Desk, rota: Product) -> KnownIssue:
    said = knowledge.Said(
        "Labels are askew", "Skewed labels.", "workaround", workaround="Use 4.1.", products=[rota], versions="4.2"
    )
    return knowledge.add_issue(said=said, by=desk.person["ida"], at=desk.now)


def test_a_known_issue_is_seen_once_published_with_its_news(desk: Desk, browse: Browse, issue: KnownIssue) -> None:
    ana, path = browse("ana"), f"/portal/issues/{issue.pk}/"
    assert "nothing that is wrong" in pages.text(ana.get("/portal/issues/"))
    assert ana.get(path).status_code == 404
    publishing.publish(issue=issue, by=desk.person["ida"], at=desk.now)
    publishing.give_news(issue=issue, text="We found it.", tells=False, by=desk.person["ida"], at=desk.now)
    listed = pages.text(ana.get("/portal/issues/?q=skewed+label&product=rota&status=workaround"))
    assert f"Labels are askew {issue.name} There is a way around it Rota 4.2" in listed
    assert "No known issue is like that." in pages.text(ana.get("/portal/issues/?status=fixed"))
    said = pages.text(ana.get(path))
    assert "Skewed labels." in said
    assert "Use 4.1." in said
    assert "We found it." in said
    assert browse("cleo").get(path).status_code == 404
    assert "Labels" not in pages.text(browse("cleo").get("/portal/issues/"))


def test_each_list_of_releases_goes_on_over_pages_of_its_own(
    desk: Desk, browse: Browse, rota: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    by = desk.person["mara"]
    for number in range(1, 6):
        made = actions.plan(product=rota, name=f"4.{number}", kind="minor", planned_on=DAY, by=by, at=desk.now)
        if number < 4:
            desk.advance(minutes=1)
            actions.ship(release=made, by=by, at=desk.now)
    ana = browse("ana")
    first = ana.get("/portal/releases/")
    assert "Rota 4.4" in pages.text(first)
    assert "Rota 4.1" not in pages.text(first)
    second = ana.get("/portal/releases/" + pages.beside(first, "next"))
    assert "Rota 4.1 Out since" in pages.text(second)
    assert "Rota 4.4" not in pages.text(second)
    back = pages.text(ana.get("/portal/releases/" + pages.beside(second, "prev")))
    assert "Rota 4.3 Out since" in back
    assert "Rota 4.1" not in back
    assert ana.get("/portal/releases/?of=x&after=x").status_code == 200
