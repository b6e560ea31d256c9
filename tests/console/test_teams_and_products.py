"""Teams on the ladder, and the products that contracts cover."""

from __future__ import annotations

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import Product
from mainstay.orgs.models import Team
from tests.console.conftest import Browse
from tests.console.pages import text
from tests.desk import LONG_AGO, Desk


def test_a_level_of_the_ladder_without_a_team_is_said_and_one_click_adds_it(browse: Browse) -> None:
    Team.objects.filter(key="cto").delete()
    shown = text(browse("ida").get("/teams/"))
    assert "Chief Technical Officer: the ladder escalates to this level, and no team answers for it" in shown
    ada = browse("ada")
    assert ada.post("/teams/add/", {"key": "cto", "name": "Chief Technical Officer"}).status_code == 302
    assert "no team answers for it" not in text(ada.get("/teams/"))


def test_a_coordinator_outside_the_vendor_is_entered_and_told_of_a_breach(desk: Desk, browse: Browse) -> None:
    """Clause 3.5."""
    team, ada = Team.objects.get(key="coordinator"), browse("ada")
    ada.post(f"/teams/{team.pk}/members/{desk.person['nia'].pk}/remove/")
    ada.post(f"/teams/{team.pk}/members/add/", {"name": "Oda Reeve", "email": "oda@coordinator.example"})
    shown = text(browse("ida").get("/teams/"))
    assert "Oda Reeve oda@coordinator.example" in shown
    desk.confirm("ida", desk.mail("ana"), 1, arrives="Mon 10:00")
    desk.at("Mon 17:00")
    assert desk.sent("oda@coordinator.example", kind="breach_notice")


def test_colleagues_join_and_leave_a_team_and_it_is_renamed(desk: Desk, browse: Browse) -> None:
    team, ada = Team.objects.get(key="technical"), browse("ada")
    ada.post(f"/teams/{team.pk}/members/add/", {"person": desk.person["ida"].pk})
    assert set(team.members.all()) == {desk.person["ida"], desk.person["jon"]}
    ada.post(f"/teams/{team.pk}/members/{desk.person['jon'].pk}/remove/")
    ada.post(f"/teams/{team.pk}/rename/", {"name": "Second line"})
    team.refresh_from_db()
    assert (team.key, team.name, list(team.members.all())) == (
        "technical",
        "Second line",
        [desk.person["ida"]],
    )
    refused = ada.post(f"/teams/{team.pk}/members/add/", {"person": desk.person["cleo"].pk}, follow=True)
    assert "Select a valid choice" in text(refused)


def test_a_team_key_is_given_once(browse: Browse) -> None:
    answer = browse("ada").post("/teams/add/", {"key": "support", "name": "Another"})
    assert answer.status_code == 422
    assert "There is a team of that key already." in text(answer)


def test_products_are_added_renamed_and_counted(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    assert "Until there is one, a contract covers everything" in text(ada.get("/products/"))
    ada.post("/products/add/", {"key": "lantern", "name": "Lantern"})
    product = Product.objects.get()
    contracts.sign_contract(
        organisation=desk.acme, agreement=desk.agreement, coverage="core", document="Order 3", active_from=LONG_AGO,
        at=desk.now, products=[(product, True)],
    )  # fmt: skip
    ada.post(f"/products/{product.pk}/rename/", {"name": "Lantern Online"})
    assert "Lantern Online lantern 1" in text(browse("ida").get("/products/"))
    taken = ada.post("/products/add/", {"key": "lantern", "name": "Another"})
    assert taken.status_code == 422
    assert "another product's" in text(taken)
