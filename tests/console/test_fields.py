"""The desk's own fields: their page, and the form of them on a ticket."""

from __future__ import annotations

from mainstay.tickets import fields
from mainstay.tickets.models import Field
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_acts import do
from tests.desk import Desk


def made(desk: Desk, name: str, kind: str, **named: object) -> str:
    field = fields.set_field(by=desk.person["mara"], at=desk.now, name=name, kind=kind, **named)  # type: ignore[arg-type]  # as the test says
    return f"field-{field.pk}"


def test_a_field_is_made_changed_retired_and_brought_back(desk: Desk, browse: Browse) -> None:
    mara = browse("mara")
    assert "No field yet" in pages.text(mara.get("/fields/"))
    said = {"name": "Colour", "kind": "choice", "product": "", "options": "Red\nBlue", "required": "on"}
    assert mara.post("/fields/add/", said).status_code == 302
    field = Field.objects.get()
    assert "Colour needed One of a list Red, Blue Any product" in pages.text(browse("ida").get("/fields/"))
    assert "Red\nBlue</textarea>" in mara.get(f"/fields/{field.pk}/").content.decode()
    mara.post(f"/fields/{field.pk}/", {"name": "Shade", "options": "Red\nGreen"})
    assert (Field.objects.get().kind, Field.objects.get().options) == ("choice", ["Red", "Green"])
    mara.post(f"/fields/{field.pk}/retire/")
    assert "Shade retired" in pages.text(mara.get("/fields/"))
    mara.post(f"/fields/{field.pk}/retire/", {"back": "on"})
    assert Field.objects.get().retired_at is None


def test_a_list_with_nothing_in_it_comes_back_with_what_was_typed(desk: Desk, browse: Browse) -> None:
    refused = browse("mara").post("/fields/add/", {"name": "Colour", "kind": "choice", "options": ""})
    assert (refused.status_code, "to choose from" in pages.text(refused)) == (422, True)
    assert 'value="Colour"' in refused.content.decode()


def test_all_kinds_are_filled_in_and_shown_with_the_properties(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    text, number = made(desk, "Version", "text"), made(desk, "Sites", "number")
    day, asks = made(desk, "Installed", "date"), made(desk, "On site", "yes_no")
    several = made(desk, "Colours", "choices", options=["Red", "Blue"])
    said = {text: "4.2", number: "12", day: "2025-11-03", asks: "no", several: ["Red", "Blue"]}
    assert do(ida, ticket, "fields", **said).status_code == 302
    shown = pages.text(ida.get(f"/tickets/{ticket.reference}/"))
    for words in ("Version 4.2", "Sites 12", "Installed 2025-11-03", "On site No", "Colours Red, Blue"):
        assert words in shown
    form = ida.get(f"/tickets/{ticket.reference}/fields/").content.decode()
    assert '<option value="no" selected>' in form
    assert 'value="2025-11-03"' in form
    do(ida, ticket, "fields", **said | {asks: ""})
    assert "On site No" not in pages.text(ida.get(f"/tickets/{ticket.reference}/"))


def test_what_is_no_number_stays_in_the_form(desk: Desk, browse: Browse) -> None:
    ticket, number = desk.mail("ana"), made(desk, "Sites", "number")
    refused = do(browse("ida"), ticket, "fields", **{number: "many"})
    assert refused.status_code == 422
    assert 'value="many"' in refused.content.decode()
