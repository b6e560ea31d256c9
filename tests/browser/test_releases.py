"""Releases, announcements and known issues in a real browser, at the desk and in the portal: axe, and 320 pixels."""

from __future__ import annotations

from datetime import date

import pytest

from mainstay.contracts.models import ContractProduct, Product
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import publishing
from mainstay.releases import actions, announcing
from mainstay.releases.announcing import Wording
from mainstay.tickets import actions as tickets
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk

LONG = "A change of a kind that needs a very long name " * 3


@pytest.fixture
def paths(desk: Desk) -> dict[str, list[str]]:
    """Every page of these, with something on it, for Mara of the desk and for Ana of Acme."""
    mara, ida = desk.person["mara"], desk.person["ida"]
    rota = Product.objects.create(key="rota", name="Rota")
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=rota)
    ticket = desk.mail("ana", LONG)
    tickets.set_details(ticket=ticket, at=desk.now, actor="test", missing=(), product=rota)
    desk.confirm("ida", ticket, 4)
    desk.advance(seconds=40)
    release = actions.plan(
        product=rota, name="5.4", kind="minor", planned_on=date(2027, 2, 2), notes=LONG, by=mara, at=desk.now
    )
    actions.move(release=release, planned_on=date(2027, 2, 9), reason=LONG, by=mara, at=desk.now)
    sent = announcing.draft(wording=Wording(LONG[:190], LONG, date(2027, 3, 1), (rota,)), by=mara, at=desk.now)
    announcing.send(announcement=sent, by=mara, at=desk.now)
    draft = announcing.draft(wording=Wording("Draft", LONG, date(2027, 3, 1)), by=mara, at=desk.now)
    issue = knowledge.add_issue(said=knowledge.Said(LONG[:190], LONG, products=[rota]), by=ida, at=desk.now)
    desk.does(knowledge.link, "ida", ticket, issue=issue)
    publishing.publish(issue=issue, by=ida, at=desk.now)
    publishing.give_news(issue=issue, text=LONG, tells=True, by=ida, at=desk.now)
    desk.work()
    one, told = f"/releases/{release.pk}/", release.rounds.latest("pk").pk
    return {
        "mara": [
            "/releases/", "/releases/?stage=shipped", "/releases/add/", one, f"{one}?told={told}", f"{one}move/",
            f"{one}ship/", f"{one}withdraw/", f"{one}change/", "/announcements/", "/announcements/add/",
            f"/announcements/{sent.pk}/", f"/announcements/{draft.pk}/", f"/announcements/{sent.pk}/change/",
            f"/issues/{issue.pk}/", f"/issues/{issue.pk}/news/", f"/tickets/{ticket.reference}/",
            f"/announcements/{sent.pk}/withdraw/", f"/tickets/{ticket.reference}/release/choose/",
        ],
        "ana": [
            "/portal/releases/", f"/portal/releases/{release.pk}/", f"/portal/announcements/{sent.pk}/",
            "/portal/issues/", "/portal/issues/?q=nothing", f"/portal/issues/{issue.pk}/",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ["mara", "ana"])
def test_axe_finds_nothing(who: str, scheme: str, paths: dict[str, list[str]], open_page: Open, address: str) -> None:
    page, found = open_page(who, color_scheme=scheme), []
    for path in paths[who]:
        page.goto(address + path)
        found += faults(page)
    assert found == []


@pytest.mark.parametrize("who", ["mara", "ana"])
def test_nothing_is_wider_than_a_telephone(
    who: str, paths: dict[str, list[str]], open_page: Open, address: str
) -> None:
    """WCAG 1.4.10."""
    page, wide = open_page(who, width=320, height=700), []
    for path in paths[who]:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []
