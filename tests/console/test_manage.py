"""The screens on which the desk is run."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mainstay.jobs.models import Job, WorkerBeat
from mainstay.lib.time import now
from mainstay.mail.models import Arrival, Mailbox, Template
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import SUPPORT, Desk


@pytest.fixture(autouse=True)
def _no_memory(db: None) -> None:
    cache.clear()  # rate limits are kept there


# ---- People -------------------------------------------------------------------------------------------------------


def test_an_administrator_invites_and_a_link_leaves_by_the_outbox(desk: Desk, browse: Browse) -> None:
    form = {"name": "Kim Osei", "email": "kim@vendor.example", "role": "technical"}
    answer = browse("ada").post("/people/invite/", form, follow=True)
    assert "Kim Osei is invited" in pages.text(answer)
    letter = Letter.objects.get(recipients=["kim@vendor.example"])
    assert b"/accounts/password/reset/key/" in letter.body


def test_an_address_that_is_taken_is_said_beside_its_field(desk: Desk, browse: Browse) -> None:
    form = {"name": "Ana Again", "email": "ana@acme.example", "role": "support"}
    answer = browse("ada").post("/people/invite/", form)
    assert answer.status_code == 422
    assert "belongs to somebody already" in pages.text(answer)
    assert 'value="Ana Again"' in answer.content.decode()


def test_roles_are_given_and_the_last_administrator_stays_one(desk: Desk, browse: Browse) -> None:
    ada, ida = browse("ada"), desk.person["ida"]
    ada.post(f"/people/{ida.pk}/role/", {"role": "manager"})
    ida.refresh_from_db()
    assert ida.staff_role == "manager"
    answer = ada.post(f"/people/{desk.person['ada'].pk}/role/", {"role": "support"}, follow=True)
    assert "This is the last administrator" in pages.text(answer)
    answer = ada.post(f"/people/{desk.person['ada'].pk}/active/", {"active": "no"}, follow=True)
    assert "This is the last administrator" in pages.text(answer)


def test_somebody_is_shut_out_and_let_in_again(desk: Desk, browse: Browse) -> None:
    ada, jon = browse("ada"), desk.person["jon"]
    for word, active in (("no", False), ("yes", True)):
        ada.post(f"/people/{jon.pk}/active/", {"active": word})
        jon.refresh_from_db()
        assert jon.is_active is active


# ---- Texts --------------------------------------------------------------------------------------------------------


def test_a_text_is_edited_previewed_and_restored(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    said = {"subject": "{{ subject }}", "text": "{{ greeting }}\n\n{{ text }}\n\nOurs: {{ reference }}"}
    assert "Ours: MST-100042-7" in pages.text(ada.post("/texts/reply/preview/", said))
    assert ada.post("/texts/reply/", said).status_code == 302
    assert Template.objects.get(key="reply").edited_by == desk.person["ada"]
    ticket = desk.mail("ana")
    desk.reply("ida", ticket)
    desk.advance(minutes=1)
    assert f"Ours: {ticket.reference}" in desk.sent("ana", kind="reply")[0].text
    ada.post("/texts/reply/restore/")
    assert not Template.objects.exists()


@pytest.mark.parametrize(
    "text", ["{{ secret }} {{ text }} {{ reference }}", "{% if x %}", "{{ text }}", "{{7*7}}"]
)
def test_a_text_with_a_fault_is_refused_with_all_of_it_still_there(
    text: str, desk: Desk, browse: Browse
) -> None:
    """Class C20: templates are logic-less and have a list of names."""
    answer = browse("ada").post("/texts/reply/", {"subject": "x", "text": text})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert text.split()[0] in pages.text(answer)
    assert not Template.objects.exists()


def test_there_is_no_text_of_another_name(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    for answer in (
        ada.get("/texts/lunch/"),
        ada.post("/texts/lunch/preview/"),
        ada.post("/texts/lunch/restore/"),
    ):
        assert answer.status_code == 404


# ---- Mailboxes ----------------------------------------------------------------------------------------------------

BOX = {
    "name": "Second", "address": "second@vendor.example", "security": "imap", "host": "127.0.0.1", "port": "9",
    "username": "second", "password": "s3cret", "folder": "INBOX", "after": "keep", "move_to": "",
}  # fmt: skip


def test_a_mailbox_is_added_tested_and_paused(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    assert ada.post("/mailboxes/add/", BOX).status_code == 302
    box = Mailbox.objects.get(name="Second")
    tested = ada.post(f"/mailboxes/{box.pk}/test/", follow=True)
    assert "Second cannot be read:" in pages.text(tested)  # nobody listens on port 9
    ada.post(f"/mailboxes/{box.pk}/pause/", {"paused": "yes"})
    assert Mailbox.objects.get(pk=box.pk).paused
    assert "Paused" in pages.text(ada.get("/mailboxes/"))
    ada.post(f"/mailboxes/{box.pk}/pause/", {"paused": "no"})
    assert not Mailbox.objects.get(pk=box.pk).paused


def test_a_password_is_never_shown_again(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    refused = ada.post("/mailboxes/add/", {**BOX, "host": ""})
    assert refused.status_code == 422
    assert "s3cret" not in refused.content.decode()
    ada.post("/mailboxes/add/", BOX)
    assert "s3cret" not in ada.get("/mailboxes/").content.decode()


def test_two_mailboxes_cannot_have_one_name(desk: Desk, browse: Browse) -> None:
    answer = browse("ada").post("/mailboxes/add/", {**BOX, "name": "Support"})
    assert "There is a mailbox of that name already." in pages.text(answer)


# ---- Mail ---------------------------------------------------------------------------------------------------------


def test_the_ledger_says_what_became_of_each_mail(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "Cards")
    desk.mail("who@elsewhere.example", "Hello")
    ida = browse("ida")
    shown = pages.text(ida.get("/arrivals/"))
    for words in ("New ticket", "Held", ticket.reference, "Cards", "Hello"):
        assert words in shown
    assert "Hello" not in pages.text(ida.get("/arrivals/?outcome=ticket"))
    assert "No mail of this kind" in pages.text(ida.get("/arrivals/?outcome=bounce"))


def test_the_ledger_is_narrowed_by_sender_subject_and_reference(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "Cards are refused")
    desk.mail("who@elsewhere.example", "Hello")
    ida = browse("ida")
    for words in ("refused CARDS", "ana@acme", ticket.reference.lower()):
        shown = pages.text(ida.get("/arrivals/", {"text": words}))
        assert "Cards are refused" in shown, words
        assert "Hello" not in shown, words
    assert "No mail of this kind" in pages.text(ida.get("/arrivals/", {"text": "cards hello"}))
    assert "No mail of this kind" in pages.text(ida.get("/arrivals/", {"text": "100%_"}))


def test_the_outbox_is_narrowed_by_address_and_by_reference(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    desk.mail("who@elsewhere.example", "Hello")
    for words in ("ANA@acme", ticket.reference.lower()):
        shown = pages.text(ida.get("/outbox/", {"text": words}))
        assert "ana@acme.example" in shown, words
        assert "who@elsewhere.example" not in shown, words
    assert "No letters of this kind" in pages.text(ida.get("/outbox/", {"text": "nobody@"}))


def test_a_mail_is_shown_as_it_came_and_can_be_had_whole(desk: Desk, browse: Browse) -> None:
    desk.mail("ana", "Cards \u202egnp.exe", "<script>alert(1)</script>")
    arrival, ida = Arrival.objects.get(), browse("ida")
    page = ida.get(f"/arrivals/{arrival.pk}/").content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "\\u202e" in page
    raw = ida.get(f"/arrivals/{arrival.pk}/raw/")
    assert raw["Content-Type"] == "application/octet-stream"
    assert raw.content.startswith(b"Authentication-Results:")


@pytest.fixture
def quarantined(desk: Desk) -> Arrival:
    """A mail that could not be taken in."""
    desk.arrive("ana", "Broken")
    arrival = Arrival.objects.get()
    Arrival.objects.filter(pk=arrival.pk).update(
        outcome="quarantined", ticket=None, reason="It could not be read."
    )
    Ticket.objects.filter(pk=arrival.ticket_id).update(verification="refused")
    arrival.refresh_from_db()
    return arrival


def test_quarantined_mail_waits_for_a_person_and_can_be_taken_in_again(
    desk: Desk, browse: Browse, quarantined: Arrival
) -> None:
    ida = browse("ida")
    assert "It could not be read." in pages.text(ida.get("/quarantine/"))
    assert "Take it in again" in pages.text(ida.get(f"/arrivals/{quarantined.pk}/"))
    answer = ida.post(f"/arrivals/{quarantined.pk}/again/", follow=True)
    assert "It is being taken in again." in pages.text(answer)
    desk.work()
    quarantined.refresh_from_db()
    assert quarantined.outcome in ("ticket", "reply")


def test_putting_a_mail_away_keeps_it(desk: Desk, browse: Browse, quarantined: Arrival) -> None:
    """Class C21."""
    ida = browse("ida")
    assert "data-ask=" in ida.get(f"/arrivals/{quarantined.pk}/").content.decode()
    ida.post(f"/arrivals/{quarantined.pk}/discard/")
    quarantined.refresh_from_db()
    assert (quarantined.discarded_by, quarantined.raw is not None) == (desk.person["ida"], True)
    assert "Nothing waits" in pages.text(ida.get("/quarantine/"))
    twice = ida.post(f"/arrivals/{quarantined.pk}/discard/", follow=True)
    assert "Somebody has dealt with this mail already." in pages.text(twice)


def test_the_outbox_shows_each_letter_and_what_the_server_said(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    letter = Letter.objects.get(kind="acknowledgement")
    assert "ana@acme.example" in pages.text(ida.get("/outbox/?state=accepted"))
    shown = pages.text(ida.get(f"/outbox/{letter.pk}/"))
    assert ticket.reference in shown
    assert "Shown, not sent: this is a demonstration" in shown
    raw = ida.get(f"/outbox/{letter.pk}/raw/")
    assert (raw.content, raw["Content-Disposition"][:11]) == (letter.body, "attachment;")
    frame = ida.get(f"/outbox/{letter.pk}/html/")
    assert "sandbox" in frame["Content-Security-Policy"]


def test_a_letter_that_failed_can_be_sent_again(desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    letter, ida = Letter.objects.get(kind="acknowledgement"), browse("ida")
    Letter.objects.filter(pk=letter.pk).update(
        state="failed",
        failed_at=desk.now,
        accepted_at=None,
        results={"ana@acme.example": {"state": "failed"}},
    )
    assert "Send again" in pages.text(ida.get(f"/outbox/{letter.pk}/"))
    assert "It goes out again." in pages.text(ida.post(f"/outbox/{letter.pk}/again/", follow=True))
    letter.refresh_from_db()
    assert letter.state == "queued"


def test_an_accepted_letter_is_not_sent_twice(desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    letter = Letter.objects.get(kind="acknowledgement")
    assert "There is nothing to send again" in pages.text(
        browse("ida").post(f"/outbox/{letter.pk}/again/", follow=True)
    )


def test_a_demonstration_shows_what_it_would_have_sent(desk: Desk, browse: Browse, settings: Any) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    assert ticket.reference in pages.text(ida.get("/outgoing/"))
    settings.DEMO = False
    assert ida.get("/outgoing/").status_code == 404


def test_notices_are_read_and_put_away(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    desk.mail("ana")
    desk.at("Mon 15:00")
    ida = browse("ida")
    assert "Warning" in pages.text(ida.get("/notices/"))
    ida.post("/notices/")
    assert "Nothing new" in pages.text(ida.get("/notices/"))


# ---- Health -------------------------------------------------------------------------------------------------------


@pytest.fixture
def alive(desk: Desk) -> None:
    """A worker that gives signs of life, and a mailbox that is read."""
    WorkerBeat.objects.create(worker="one", lane="clocks", started_at=desk.now, beat_at=desk.now)
    Mailbox.objects.update(last_good_fetch_at=desk.now)


def healthz() -> tuple[int, dict[str, Any]]:
    cache.clear()
    answer = Client().get("/healthz")
    return answer.status_code, json.loads(answer.content)


def test_all_is_well_while_all_is_well(desk: Desk, browse: Browse, alive: None) -> None:
    assert "All is well" in pages.text(browse("ida").get("/health/"))
    assert healthz()[0] == 200


@pytest.mark.parametrize(
    ("trouble", "check"),
    [
        (lambda desk: WorkerBeat.objects.update(beat_at=desk.now - timedelta(minutes=5)), "workers"),
        (lambda desk: Mailbox.objects.update(last_good_fetch_at=desk.now - timedelta(hours=1)), "mailboxes"),
        (
            lambda desk: Job.objects.create(
                kind="x",
                run_after=desk.now,
                state="quarantined",
                quarantined_at=desk.now,
                created_at=desk.now,
            ),
            "quarantine",
        ),
    ],
)
def test_trouble_is_said_and_makes_the_probe_fail(
    trouble: Any, check: str, desk: Desk, browse: Browse, alive: None
) -> None:
    desk.mail("ana")
    trouble(desk)
    status, said = healthz()
    assert (status, said["ok"], said["checks"][check]["ok"]) == (503, False, False)
    assert "Something needs a person." in pages.text(browse("ida").get("/health/"))


def test_a_due_step_that_nobody_fires_is_trouble(desk: Desk, alive: None) -> None:
    desk.at("Mon 09:00")
    desk.mail("ana")
    with desk.asleep():
        desk.at("Mon 13:30")
        WorkerBeat.objects.update(beat_at=desk.now)
        Mailbox.objects.update(last_good_fetch_at=desk.now)
        assert healthz()[1]["checks"]["promises"]["ok"] is False


def test_the_probe_names_nobody_and_nothing(desk: Desk, alive: None) -> None:
    desk.mail("ana")
    Mailbox.objects.update(last_error="password of support@vendor.example refused", failing_since=now())
    said = json.dumps(healthz()[1])
    for secret in (SUPPORT, "Acme", "MST-", "password", "vendor"):
        assert secret not in said
