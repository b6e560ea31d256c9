"""One test for each class of break-in that other desks have suffered, as it would look here.

Refusals by role, organisation and route are in `test_matrix.py`; here is what a door that rightly opens must still not do.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

import mainstay
from mainstay.clocks import listing
from mainstay.clocks.listing import Wanted
from mainstay.lib.logs import Line
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.tickets import search
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Attachment, Event, Message, Ticket
from tests.console.conftest import Browse
from tests.console.pages import nonce, text
from tests.console.test_sessions import PASSWORD, key_of, signed_in
from tests.desk import Desk

EVIL = "') OR 1=1--"


def test_c1_a_number_from_elsewhere_opens_nothing(desk: Desk, browse: Browse) -> None:
    """Each number is looked up below the ticket of the address, never by itself."""
    acme, carrow = desk.mail("ana"), desk.mail("cleo")
    theirs = Message.objects.filter(ticket=carrow).earliest("pk")
    file = Attachment.objects.create(message=theirs, name="a", content_type="text/plain", size=1, digest="0" * 64)
    ida = browse("ida")
    assert ida.get(f"/tickets/{acme.reference}/messages/{theirs.pk}/").status_code == 404
    assert ida.get(f"/tickets/{acme.reference}/files/{file.pk}/").status_code == 404


def test_c1_whoever_belongs_to_a_client_sees_that_clients_tickets_at_most(desk: Desk) -> None:
    acme, carrow = desk.mail("ana"), desk.mail("cleo")
    assert set(visible_tickets(desk.person["cleo"], at=desk.now)) == {carrow}
    assert carrow not in set(visible_tickets(desk.person["ana"], at=desk.now))
    assert acme in set(visible_tickets(desk.person["ana"], at=desk.now))


def test_c2_counts_and_searches_ask_the_same_function_as_the_list(desk: Desk) -> None:
    desk.mail("ana", "Cards are not read")
    cleo = desk.person["cleo"]
    assert not any(listing.counts(cleo, at=desk.now).values())
    assert list(search.while_typing(cleo, "cards", at=desk.now)) == []
    assert listing.page(cleo, Wanted(view="open"), at=desk.now).lines == []


def test_c3_a_note_leaves_in_no_letter(desk: Desk, browse: Browse) -> None:
    ticket, secret = desk.mail("ana"), "They have not paid since spring"
    ida = browse("ida")
    page = ida.get(f"/tickets/{ticket.reference}/")
    said = {"text": secret, "nonce": nonce(page)}
    assert ida.post(f"/tickets/{ticket.reference}/write/note/", said).status_code in (204, 302)
    assert Message.objects.filter(text=secret).exists()
    desk.reply("ida", ticket)
    desk.confirm("ida", ticket, 1)
    desk.fix("ida", ticket)
    desk.close("ida", ticket)
    desk.advance(minutes=5)
    letters = Letter.objects.exclude(recipients=["ida@vendor.example"])
    assert letters.count() >= 4
    assert [letter for letter in letters if secret.encode() in bytes(letter.body)] == []


def test_c4_a_form_takes_no_field_that_it_does_not_show(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), desk.person["ida"]
    smuggled = {
        "staff_role": "administrator", "is_active": "on", "organisation_id": "2", "organisation": desk.carrow.pk,
        "created_at": "2020-01-01", "severity": "4", "due_at": "2030-01-01", "verified": "", "state": "closed",
    }  # fmt: skip
    browser = browse("ida")
    page = browser.get(f"/tickets/{ticket.reference}/assign/")
    browser.post(f"/tickets/{ticket.reference}/assign/", {"assignee": ida.pk, "nonce": nonce(page), **smuggled})
    browser.post("/account/", smuggled)
    after = desk.look(ticket)
    assert after.assignee == ida, "the form itself did its work"
    assert (after.organisation, after.severity, after.verified, after.reported_at) == (
        ticket.organisation, ticket.severity, ticket.verified, ticket.reported_at,
    )  # fmt: skip
    assert after.state != "closed"
    assert Person.objects.get(pk=ida.pk).staff_role == "support"


def test_c5_nobody_raises_their_own_role(desk: Desk, browse: Browse) -> None:
    for who in ("ida", "mara"):
        pk, role = desk.person[who].pk, desk.person[who].staff_role
        assert browse(who).post(f"/people/{pk}/role/", {"role": "administrator"}).status_code == 403
        assert Person.objects.get(pk=pk).staff_role == role


@pytest.mark.parametrize(
    "asked",
    ["after", "before", "sort", "severity", "state", "assignee", "team", "organisation", "text"],
)
def test_c6_a_filter_is_a_value_and_never_a_statement(asked: str, desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    for evil in (EVIL, f"due{EVIL}", "%", "_", "\x00", "1;DROP TABLE tickets_ticket", "a" * 5_000):
        for path in ("/views/open/", "/views/open/rows/", "/arrivals/", "/outbox/"):
            answer = browse("ida").get(path, {asked: evil})
            assert answer.status_code in (200, 302, 400, 404), (path, evil)
    assert Ticket.objects.count() == 1


def test_c6_the_palette_takes_words_and_wildcards_as_they_stand(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    for evil in (EVIL, "%", "_____", "Ca%ds", "MST-1_____-_", '"', "*rds' --"):
        assert ticket.reference not in text(browse("ida").get("/palette/", {"q": evil})), evil


@pytest.mark.parametrize("evil", ["a\r\nBcc: evil@evil.example", "a\u2028b", "x\x00y"])
def test_c9_nothing_that_is_typed_begins_a_header(evil: str, desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    browser = browse("ida")
    page = browser.get(f"/tickets/{ticket.reference}/details/")
    browser.post(f"/tickets/{ticket.reference}/details/", {"subject": evil, "described": "on", "nonce": nonce(page)})
    desk.reply("ida", desk.look(ticket))
    desk.advance(minutes=1)
    for letter in Letter.objects.all():
        head = bytes(letter.body).partition(b"\r\n\r\n")[0].lower()
        assert b"\nbcc:" not in head
        assert "evil@evil.example" not in letter.recipients
        assert not re.search(rb"[\x00]|\xe2\x80\xa8", head)


def test_c12_signing_in_gives_a_new_session(desk: Desk) -> None:
    """Fixation: the cookie that somebody planted before is worth nothing after."""
    ida = desk.person["ida"]
    ida.set_password(PASSWORD)
    ida.save()
    browser = Client()
    browser.get("/accounts/login/")
    session = browser.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    browser.cookies["sessionid"] = before
    browser.post("/accounts/login/", {"login": ida.email, "password": PASSWORD})
    assert key_of(browser) != before
    planted = Client()
    planted.cookies["sessionid"] = before
    assert planted.get("/views/open/").status_code == 302


@pytest.mark.parametrize(
    "goal", ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/", "javascript:alert(1)"]
)
def test_c14_signing_in_leads_to_a_page_of_ours(goal: str, desk: Desk) -> None:
    ida = desk.person["ida"]
    ida.set_password(PASSWORD)
    ida.save()
    answer = Client().post("/accounts/login/", {"login": ida.email, "password": PASSWORD, "next": goal})
    assert answer.status_code == 302
    assert re.match(r"/(?![/\\])", answer["Location"])
    assert "evil" not in answer["Location"]


def test_c14_a_referer_or_host_of_somebody_else_leads_nowhere(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    answer = browse("ida").post(f"/arrivals/{1_000_000}/again/", headers={"referer": "https://evil.example/"})
    assert answer.status_code == 404
    assert Client().get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400
    page = browse("ida").get(f"/tickets/{ticket.reference}/", headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in page.content.decode()


def test_c16_a_link_that_is_merely_opened_changes_nothing(desk: Desk) -> None:
    """Scanners open every link of a mail. That of a forgotten password changes nothing until a form is sent."""
    ida = desk.person["ida"]
    ida.set_password(PASSWORD)
    ida.save()
    Client().post("/accounts/password/reset/", {"email": ida.email})
    body = Letter.objects.get().body.decode().replace("=\r\n", "")
    [link] = set(re.findall(r"/accounts/password/reset/key/[\w-]+/", body))
    for _ in range(2):
        answer = Client().get(link, follow=True)
        assert answer.status_code == 200
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert Person.objects.get(pk=ida.pk).check_password(PASSWORD)
    assert signed_in(ida).get("/views/open/").status_code == 200


def test_c17_files_need_somebody_signed_in_and_have_a_measure(desk: Desk, browse: Browse) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    ticket = desk.mail("ana")
    path = f"/tickets/{ticket.reference}/write/reply/"
    file = SimpleUploadedFile("a.txt", b"a")
    assert Client().post(path, {"text": "x", "attached": [file]}).status_code == 302
    ida = browse("ida")
    many = [SimpleUploadedFile(f"{number}.txt", b"a") for number in range(11)]
    page = ida.get(f"/tickets/{ticket.reference}/")
    assert ida.post(path, {"text": "x", "nonce": nonce(page), "attached": many}).status_code == 422
    assert Attachment.objects.count() == 0


def test_c18_what_a_stranger_writes_stays_within_its_line_of_the_log() -> None:
    evil = "x\r\n2026-01-12 09:00:00 INFO mainstay: all is well\x1b[2J\u2028\u202e<script>"
    try:
        raise ValueError(evil)
    except ValueError as error:
        record = logging.LogRecord("mainstay", logging.INFO, "", 1, "Not found: %s", (evil,), None)
        fault = logging.LogRecord(
            "mainstay", logging.ERROR, "", 1, "Fault", (), (ValueError, error, error.__traceback__)
        )
    line = Line("%(levelname)s %(message)s").format(record)
    assert line.count("\n") == 0
    assert "\\r\\n2026" in line
    assert not re.search(r"[\x00-\x1f\x7f\u2028\u202e]", line)
    first, *rest = Line("%(levelname)s %(message)s").format(fault).split("\n")
    assert first == "ERROR Fault"
    assert all(one.startswith("    ") for one in rest)


def test_c18_the_log_of_the_program_is_written_that_way(settings: Any) -> None:
    assert {one["()"] for one in settings.LOGGING["formatters"].values()} == {"mainstay.lib.logs.Line"}


def test_c19_a_strange_page_signs_nobody_in_and_sends_no_cookie_along(desk: Desk, settings: Any) -> None:
    """Login CSRF, and the cookie's own guard. Each POST of the console is tried in `test_doors`."""
    ida = desk.person["ida"]
    ida.set_password(PASSWORD)
    ida.save()
    strict = Client(enforce_csrf_checks=True)
    said = {"login": ida.email, "password": PASSWORD}
    assert strict.post("/accounts/login/", said).status_code == 403
    assert strict.post("/accounts/logout/").status_code == 403
    browser = signed_in(ida)
    assert browser.cookies["sessionid"]["samesite"] == "Lax"
    assert browser.cookies["sessionid"]["httponly"]


def test_c20_a_text_is_no_program(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    evil = "{{7*7}} {% debug %} ${7*7} {0.__class__} %(password)s"
    desk.reply("ida", ticket, text=evil)
    desk.advance(minutes=1)
    letter = Letter.objects.get(kind="reply")
    assert evil.encode() in bytes(letter.body)
    answer = browse("ada").post("/texts/reply/", {"subject": "x {{7*7}}", "text": "{{ ticket.__class__ }}"})
    assert answer.status_code == 422


def test_c20_nothing_that_comes_from_outside_is_ever_run(settings: Any) -> None:
    """No pickle, no eval, no yaml, no shell in our own sources; sessions and signed values are JSON."""
    dangerous = re.compile(r"\b(pickle|marshal|shelve|yaml)\b|(?<![\w.])(eval|exec)\(|shell\s*=\s*True|os\.system")
    home = Path(mainstay.__file__).parent
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    found = [
        f"{path.relative_to(home)}: {line.strip()}"
        for path in home.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if dangerous.search(line)
    ]
    assert found == []


def test_c21_no_row_on_record_goes_with_another() -> None:
    """What happened outlives whom and what it names: tickets, events, messages and letters protect what they stand on."""
    records = {Ticket, Event, Message}
    cascading = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model in records
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]
    assert cascading == []


def test_c21_the_log_cannot_be_emptied(desk: Desk) -> None:
    from django.db import DatabaseError, transaction

    ticket = desk.mail("ana")
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(ticket=ticket).delete()
    with pytest.raises(models.ProtectedError):
        ticket.delete()
