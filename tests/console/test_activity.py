"""The log of a ticket in words, behind a toggle; and the acts that leave a record there."""

from __future__ import annotations

from mainstay.console.presenters import activity
from mainstay.tickets import tags
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_acts import do
from tests.desk import Desk


def test_everything_that_happened_is_there_with_who_and_when(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.opened(), browse("ida")
    desk.does(tags.tag, "ida", ticket, name="vip")
    shown = pages.text(ida.get(f"/tickets/{ticket.reference}/activity/"))
    assert f"{desk.look(ticket).last_number} events" in shown
    assert "Tagged vip Ida Flint at once" in shown
    assert "Severity 2 confirmed to the client the outbox" in shown


def test_the_log_is_narrowed_and_paged(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.opened(), browse("ida")
    for number in range(activity.PAGE // 2 + 1):
        desk.does(tags.tag, "ida", ticket, name=f"tag-{number % 20}")
        desk.does(tags.untag, "ida", ticket, name=f"tag-{number % 20}")
    path = f"/tickets/{ticket.reference}/activity/"
    first = ida.get(f"{path}?show=order")
    assert "Reported" not in pages.text(first)
    assert first.content.decode().count("<tr>") == activity.PAGE + 1
    older = pages.part(first, '<p class="row row--end"><a class="button button--small" href="', '"')
    assert pages.text(ida.get(older.replace("&amp;", "&"))).count("Tagged") == 1
    assert "Nothing of that kind" in pages.text(ida.get(f"{path}?show=order&before=1"))
    assert "Tagged" in pages.text(ida.get(f"{path}?show=nonsense&before=x"))


def test_a_script_gets_the_table_alone(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    path = f"/tickets/{ticket.reference}/activity/"
    answer = browse("ida").get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<table" in answer
    assert "<html" not in answer


def test_the_method_that_was_agreed_stands_with_the_properties(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.opened(), browse("ida")
    said = {"text": "A new driver tonight.", "agreed_with": "Ana Okafor", "how": "mail"}
    assert do(ida, ticket, "method", **said).status_code == 302
    shown = pages.text(ida.get(f"/tickets/{ticket.reference}/"))
    assert "Method agreed A new driver tonight. Agreed with Ana Okafor by e-mail" in shown


def test_asking_for_somebody_to_come_is_answered_by_a_letter_that_can_be_read_before(
    desk: Desk, browse: Browse
) -> None:
    ticket, ida = desk.opened(), browse("ida")
    path = f"/tickets/{ticket.reference}/on-site/"
    assert "does not include it" in pages.text(ida.get(path))
    shown = pages.text(ida.post(f"{path}preview/", {"text": "Come!", "words": "Sorry."}))
    assert "not part of your support package" in shown
    do(ida, ticket, "on-site", text="Come!", words="Sorry.")
    desk.advance(minutes=1)
    assert len(desk.sent("ana", kind="on_site")) == 1
