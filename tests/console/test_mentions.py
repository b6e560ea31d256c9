"""Mentions in notes: '@Jon Reyes' tells Jon, a team's name tells its people, and nobody at a client is ever named."""

from __future__ import annotations

import pytest

from mainstay.tickets.models import Direction, Message
from mainstay.writing import mentions
from mainstay.writing.models import Mention
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_ticket import send
from tests.desk import Desk


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Jon Reyes can you look?", ["Jon Reyes"]),
        ("Ask @jon reyes, please", ["Jon Reyes"]),
        ("(@Jon Reyes) and @Technical Team", ["Jon Reyes", "Technical Team"]),
        ("@Jon Reyes-Hall", ["Jon Reyes-Hall"]),
        ("@Jon Reyesson", []),
        ("@Jon", []),
        ("mail jon@Jon Reyes", []),
        ("@Jon Reyes @Jon Reyes", ["Jon Reyes"]),
        ("@\u0130 @Jon Reyes", ["Jon Reyes"]),
        ("@@Jon Reyes", ["Jon Reyes"]),
        ("no name at all", []),
    ],
)
def test_names_behind_an_at(text: str, found: list[str]) -> None:
    assert mentions.named_in(text, ["Jon Reyes", "Jon Reyes-Hall", "Technical Team", ""]) == found


def test_whoever_is_mentioned_in_a_note_is_told_once(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    send(browse("ida"), ticket, "@Jon Reyes and @Technical Team: is it the driver?", pane="note")
    note = Message.objects.get(ticket=ticket, direction=Direction.NOTE)
    assert {(one.person, one.team and one.team.key, one.by) for one in Mention.objects.filter(message=note)} == {
        (desk.person["jon"], None, desk.person["ida"]),
        (None, "technical", desk.person["ida"]),
    }
    said = f"Ida Flint mentioned you in a note on {ticket.reference}"
    assert desk.notices("jon").count(said) == 1
    shown = browse("jon").get("/notices/")
    assert said in pages.text(shown)


def test_one_does_not_tell_oneself(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    send(browse("ida"), ticket, "@Ida Flint will see to it, with the @Support Team", pane="note")
    assert not any("mentioned" in text for text in desk.notices("ida"))


@pytest.mark.parametrize("who", ["Ana Okafor", "Nia Bell", "Mara Quist"])
def test_only_active_staff_can_be_mentioned(who: str, desk: Desk, browse: Browse) -> None:
    """Ana and Nia are no staff; Mara has left."""
    mara = desk.person["mara"]
    type(mara).objects.filter(pk=mara.pk).update(is_active=False)
    ticket, ida = desk.mail("ana"), browse("ida")
    send(ida, ticket, f"@{who} should know", pane="note")
    assert not Mention.objects.exists()
    assert who not in pages.text(ida.get("/names/"))


def test_a_mention_in_a_reply_is_plain_text(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    send(browse("ida"), ticket, "@Jon Reyes will ring you.")
    assert not Mention.objects.exists()
    assert not any("mentioned" in text for text in desk.notices("jon"))


def test_the_composer_is_offered_staff_and_their_teams(desk: Desk, browse: Browse) -> None:
    shown = pages.text(browse("ida").get("/names/"))
    assert "Jon Reyes" in shown
    assert "Technical Team team" in shown
    assert "service coordinator" not in shown  # nobody of the staff is in it


def test_mentions_are_marked_where_they_stand_and_ones_own_stands_out(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    send(browse("ida"), ticket, "Ask <@Jon Reyes> or the @technical team; @Jon Reyes knows. jon@Jon Reyes", pane="note")
    for who, kind in (("jon", "mention mention--me"), ("mara", "mention")):
        page = browse(who).get(f"/tickets/{ticket.reference}/")
        note = pages.part(page, "entry--note", "</article>")
        assert note.count(f'<b class="{kind}">@Jon Reyes</b>') == 2
        assert "jon@Jon Reyes" in note
        assert "Ask &lt;<b" in note
    assert '<b class="mention">@technical team</b>' in note


def test_a_mention_stays_marked_when_the_name_changes(desk: Desk, browse: Browse) -> None:
    """Where it stands is kept with the note, and not looked for anew."""
    ticket, jon = desk.mail("ana"), desk.person["jon"]
    send(browse("ida"), ticket, "@Jon Reyes: please look.", pane="note")
    type(jon).objects.filter(pk=jon.pk).update(name="Jon Hall")
    page = browse("jon").get(f"/tickets/{ticket.reference}/")
    assert '<b class="mention mention--me">@Jon Reyes</b>' in page.content.decode()


def test_a_team_s_mention_stands_out_for_its_people(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    send(browse("mara"), ticket, "@Support Team, this is urgent.", pane="note")
    one = desk.person["ida"]
    own = one.teams.filter(name="Support Team").exists()
    page = browse("ida").get(f"/tickets/{ticket.reference}/").content.decode()
    assert f'<b class="mention{" mention--me" if own else ""}">@Support Team</b>' in page
