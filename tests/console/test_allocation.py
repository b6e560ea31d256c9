"""Rules, skills and workload on their pages, and the load beside each name where somebody is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.contracts import actions as contracts
from mainstay.orgs.models import Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import allocating
from mainstay.tickets.models import Rule, Skill
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk


def said(desk: Desk, **more: Any) -> dict[str, Any]:
    team = Team.objects.get(key="technical")
    return {"name": "The grave ones", "severities": ["1", "2"], "team": str(team.pk), "picking": "least_loaded", **more}


def test_a_rule_is_written_read_changed_moved_and_retired(desk: Desk, browse: Browse) -> None:
    mara = browse("mara")
    assert "No rule yet" in pages.text(mara.get("/assignment/"))
    assert mara.post("/assignment/rules/add/", said(desk)).status_code == 302
    mara.post("/assignment/rules/add/", said(desk, name="The rest", severities=[], skill="Networks"))
    shown = pages.text(browse("ida").get("/assignment/"))
    assert "The grave ones severity 1 or 2 goes to Technical Team: fewest open tickets" in shown
    assert "The rest Every ticket goes to Technical Team: fewest open tickets, among those with the skill networks" in shown
    first, second = Rule.objects.order_by("position")
    assert 'value="The grave ones"' in mara.get(f"/assignment/rules/{first.pk}/").content.decode()
    mara.post(f"/assignment/rules/{first.pk}/", said(desk, name="Grave"))
    mara.post(f"/assignment/rules/{second.pk}/move/", {"up": "on"})
    assert [one.name for one in Rule.objects.order_by("position")] == ["The rest", "Grave"]
    mara.post(f"/assignment/rules/{second.pk}/retire/")
    assert "The rest Every" not in pages.text(mara.get("/assignment/"))


def test_a_rule_without_a_team_comes_back_with_what_was_typed(desk: Desk, browse: Browse) -> None:
    refused = browse("mara").post("/assignment/rules/add/", said(desk, team=""))
    assert refused.status_code == 422
    assert 'value="The grave ones"' in refused.content.decode()


def test_the_rules_can_be_tried_on_a_ticket_and_on_one_that_might_come(desk: Desk, browse: Browse) -> None:
    ida, ticket = browse("ida"), desk.mail("ana")
    assert "No rule fits" in pages.text(ida.get("/assignment/?try=1&severity=1"))
    browse("mara").post("/assignment/rules/add/", said(desk))
    words = "'The grave ones' would give it to Technical Team: Jon Reyes, who has the fewest open tickets (0)."
    assert words in pages.text(ida.get("/assignment/?try=1&severity=1"))
    assert "No rule fits" in pages.text(ida.get(f"/assignment/?try=1&reference={ticket.reference}"))
    assert "There is no such ticket." in pages.text(ida.get("/assignment/?try=1&reference=MST-100001-0"))


def test_a_team_without_people_is_pointed_out(desk: Desk, browse: Browse) -> None:
    team = Team.objects.get(key="coordinator")
    browse("mara").post("/assignment/rules/add/", said(desk, team=str(team.pk)))
    assert "has nobody who works the desk" in pages.text(browse("ida").get("/assignment/"))


def test_skills_are_noted_and_removed(desk: Desk, browse: Browse) -> None:
    mara = browse("mara")
    product = contracts.add_product(key="cards", name="Cards", by=None, at=desk.now)
    jon = str(desk.person["jon"].pk)
    mara.post("/assignment/skills/add/", {"person": jon, "product": str(product.pk), "word": ""})
    refused = mara.post("/assignment/skills/add/", {"person": jon, "product": "", "word": ""})
    assert "one of the two" in pages.text(refused)
    assert "Jon Reyes Cards" in pages.text(browse("ida").get("/assignment/"))
    mara.post(f"/assignment/skills/{Skill.objects.get().pk}/remove/")
    assert not Skill.objects.exists()


@pytest.fixture
def busy(desk: Desk) -> Desk:
    ticket = desk.opened()
    team = Team.objects.get(key="technical")
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["jon"], team=team)
    return desk


def test_choosing_somebody_shows_how_much_each_has_and_who_knows_the_product(busy: Desk, browse: Browse) -> None:
    product = contracts.add_product(key="cards", name="Cards", by=None, at=busy.now)
    allocating.add_skill(person=busy.person["ida"], by=busy.person["mara"], at=busy.now, product=product)
    ticket = busy.mail("ana", "Another thing")
    tickets.set_details(ticket=ticket, at=busy.now, actor="person:1", missing=[], product=product)
    shown = browse("ida").get(f"/tickets/{ticket.reference}/assign/").content.decode()
    assert "Ida Flint · free · knows Cards" in shown
    assert "Jon Reyes · 1 open, next due" in shown


def test_the_workload_shows_everybody_and_links_to_their_tickets(busy: Desk, browse: Browse) -> None:
    page = browse("ida").get("/workload/")
    shown = pages.text(page)
    assert "Ida Flint free 0 open" in shown
    assert "Jon Reyes 1 open 1 Sev 2" in shown
    assert f'href="/views/open/?assignee={busy.person["jon"].pk}"' in page.content.decode()


def test_a_ticket_says_which_rule_gave_it_to_whom(desk: Desk, browse: Browse) -> None:
    browse("mara").post("/assignment/rules/add/", said(desk, severities=[]))
    ticket = desk.mail("ana")
    assert "to Jon Reyes · Technical Team · by the rule 'The grave ones'" in pages.text(
        browse("ida").get(f"/tickets/{ticket.reference}/")
    )
