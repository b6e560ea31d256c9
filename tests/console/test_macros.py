"""Macros: filled in for the ticket, put into the composer, and what follows once the message is sent."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.tickets import tags
from mainstay.tickets.models import Ticket
from mainstay.writing import macros
from mainstay.writing.macros import Said
from mainstay.writing.models import Macro
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_ticket import path, send
from tests.desk import Desk

TEXT = "{{ greeting }}\n\nAbout {{ reference }}: please restart the reader.\n\n{{ severity }}"


def made(desk: Desk, who: str = "mara", **said: Any) -> Macro:
    wanted = {"name": "Restart", "text": TEXT, "shared": who == "mara", **said}
    return macros.save(said=Said(**wanted), by=desk.person[who], at=desk.now)


def test_a_macro_is_offered_filled_in_for_this_ticket(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    made(desk)
    shown = browse("ida").get(path(ticket, "macros/")).content.decode()
    assert f"Dear Ana Okafor,\n\nAbout {ticket.reference}: please restart the reader.</li>" in shown


def test_what_a_client_wrote_is_never_read_as_a_macro(desk: Desk, browse: Browse) -> None:
    """Class C20: a value with braces in it stays what it is, and markup is shown as letters."""
    ticket = desk.mail("ana")
    Ticket.objects.filter(pk=ticket.pk).update(subject="{{ agent }} <img src=x onerror=alert(1)>")
    made(desk, text="About: {{ subject }}")
    shown = browse("ida").get(path(ticket, "macros/")).content.decode()
    assert "About: {{ agent }} &lt;img src=x" in shown


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ 7*7 }}", "This is no name in double braces"),
        ("{% if x %}", "This is no name in double braces"),
        ("{{ password }}", "There is no {{ password }} here"),
        ("{{ greeting.__class__ }}", "This is no name in double braces"),
        ("{{ link }}", "There is no {{ link }} here"),
        ("   ", "Write what the macro says."),
    ],
)
def test_a_fault_is_said_clearly_and_nothing_is_saved(
    text: str, fault: str, desk: Desk, browse: Browse
) -> None:
    mara = browse("mara")
    answer = mara.post("/macros/add/", {"name": "Bad", "text": text})
    assert answer.status_code == 422
    assert fault in pages.text(answer)
    assert not Macro.objects.exists()
    told = pages.text(mara.post("/macros/preview/", {"text": text}))
    assert told == "" if not text.strip() else fault in told  # a form just opened is not wrong yet


def test_sending_does_what_the_macro_says_and_counts_it(desk: Desk, browse: Browse) -> None:
    tags.add(name="reader", by=desk.person["mara"], at=desk.now)
    macro = made(
        desk, team=desk.look(desk.mail("ana")).team, takes=True, tag=tags.Tag.objects.get(name="reader")
    )
    ticket, ida = desk.mail("ana"), browse("ida")
    assert ida.get(path(ticket, "macros/")).status_code == 200
    assert Macro.objects.get().used == 0  # looking at it is no use of it
    send(ida, ticket, "Please restart the reader.", macro=macro.pk)
    macro.refresh_from_db()
    assert (macro.used, macro.last_used_at) == (1, desk.now)
    assert desk.look(ticket).assignee == desk.person["ida"]
    assert tags.names_of(ticket) == ["reader"]
    assert "Restart Shared" in pages.text(ida.get("/macros/"))


@pytest.mark.parametrize("macro", ["x", "-1", "9" * 30, "999999"])
def test_an_unknown_macro_is_no_fault(macro: str, desk: Desk, browse: Browse) -> None:
    assert send(browse("ida"), desk.mail("ana"), "Hello", macro=macro).status_code == 302


def test_a_personal_macro_is_nobody_elses(desk: Desk, browse: Browse) -> None:
    ticket, macro = desk.mail("ana"), made(desk, "ida", name="Ida's own")
    jon = browse("jon")
    assert "Ida's own" not in pages.text(jon.get("/macros/"))
    assert "restart" not in jon.get(path(ticket, "macros/")).content.decode()
    for address in (f"/macros/{macro.pk}/", f"/macros/{macro.pk}/delete/"):
        assert jon.post(address, {"name": "Taken", "text": "x"}).status_code == 404
    send(jon, ticket, "Hello", macro=macro.pk)
    macro.refresh_from_db()
    assert (macro.name, macro.used, macro.deleted_at) == ("Ida's own", 0, None)


def test_a_shared_one_is_kept_by_managers(desk: Desk, browse: Browse) -> None:
    macro, ida = made(desk), browse("ida")
    assert ida.get(f"/macros/{macro.pk}/").status_code == 404
    ida.post(f"/macros/{macro.pk}/delete/")
    ida.post("/macros/add/", {"name": "Own", "text": "Hello", "shared": "on"})
    macro.refresh_from_db()
    assert macro.deleted_at is None
    assert Macro.objects.get(name="Own").owner == desk.person["ida"]


def test_a_macro_is_added_changed_deleted_and_brought_back(desk: Desk, browse: Browse) -> None:
    mara = browse("mara")
    assert mara.post("/macros/add/", {"name": "Wait", "text": "A moment, please.", "how": "ask"}).status_code == 302
    macro = Macro.objects.get()
    assert (macro.how, macro.owner) == ("ask", desk.person["mara"])
    mara.post(f"/macros/{macro.pk}/", {"name": "Wait", "text": "One moment, please.", "shared": "on"})
    macro.refresh_from_db()
    assert (macro.text, macro.owner) == ("One moment, please.", None)
    shown = mara.post(f"/macros/{macro.pk}/delete/", follow=True)
    assert "The macro Wait is deleted. Undo" in pages.text(shown)
    assert "One moment" not in pages.text(shown)
    assert "One moment" in pages.text(mara.post(f"/macros/{macro.pk}/restore/", follow=True))


def test_two_of_a_name_on_one_shelf_are_refused(desk: Desk, browse: Browse) -> None:
    made(desk)
    answer = browse("mara").post("/macros/add/", {"name": "restart", "text": "Again", "shared": "on"})
    assert "There is a macro called restart already." in pages.text(answer)


def test_the_empty_page_says_what_macros_are_for(desk: Desk, browse: Browse) -> None:
    assert "Write down once what you answer every week." in pages.text(browse("ida").get("/macros/"))
