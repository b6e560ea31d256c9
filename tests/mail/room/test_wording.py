"""The texts of letters: what they may say, what cannot be edited away, and both of their forms."""

from __future__ import annotations

import pytest

from mainstay.mail import actions, correspondence, letterhead, queries, wording
from mainstay.mail.models import Template
from mainstay.tickets.models import Ticket

from .conftest import Desk, plain, read
from .mails import mail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", list(wording.KINDS))
def test_every_shipped_text_is_sound_and_can_be_shown_with_samples(key: str) -> None:
    shown = wording.preview(key, wording.shipped(key))

    assert shown.subject
    assert "{{" not in shown.subject + shown.body


@pytest.mark.parametrize("key", ["acknowledgement", "neutral_acknowledgement", "severity_confirmation"])
def test_what_a_promise_hangs_on_cannot_be_edited_away(key: str) -> None:
    with pytest.raises(wording.BadText) as fault:
        wording.check(key, wording.Text("Subject", "Nothing of importance."))
    assert any("reference" in one for one in fault.value.faults)


def test_c20_an_unknown_name_or_any_logic_is_refused_with_every_fault() -> None:
    bad = wording.Text("", "{{ reference }} {{ asked }} {{ secret }} {% if x %} {{7*7}} {{ a.b }}")
    with pytest.raises(wording.BadText) as fault:
        wording.check("acknowledgement", bad)

    assert len(fault.value.faults) == 3
    assert "{{ secret }}" in " ".join(fault.value.faults)


def test_a12_the_neutral_text_has_no_name_for_a_word_of_the_sender() -> None:
    assert set(wording.KINDS["neutral_acknowledgement"].names) == {"reference", "asked", "vendor"}


def test_a_value_is_never_read_as_a_text(room: Desk, ticket: Ticket) -> None:
    correspondence.reply(ticket=ticket, by=room.ida, text="Type {{ vendor }} here.", at=room.at)

    assert "Type {{ vendor }} here." in plain(room.letters()[-1])


def test_our_own_wording_takes_the_place_of_the_shipped_one(room: Desk) -> None:
    Template.objects.create(
        key="acknowledgement",
        subject="{{ subject }}",
        text="Got it: {{ reference }}.\n\n{{ asked }}",
        edited_at=room.at,
    )
    arrival = room.take(mail())

    assert arrival.ticket is not None
    assert f"Got it: {arrival.ticket.reference}." in plain(room.letters()[-1])
    assert queries.text("acknowledgement").edited is not None


def test_an_edited_text_keeps_its_paragraphs_whatever_a_browser_sends(room: Desk) -> None:
    """And what is missing says nothing, instead of leaving a hole."""
    actions.edit_text(
        key="acknowledgement",
        subject="{{ subject }}",
        text="Got {{ reference }}.\r\n\r\n{{ asked }}\r\n\r\n{{ hours }}\r\n\r\nBye",
        by=room.ida,
        at=room.at,
    )
    arrival = room.take(
        mail(text="Urgency: high\r\nImpact: low\r\nNothing prints on ward 4 since this morning.")
    )

    assert arrival.ticket is not None
    words, _, below = plain(room.letters()[-1]).replace("\r", "").partition("\n\nYour reference: ")
    assert words == f"Got {arrival.ticket.reference}.\n\nBye"
    assert below.startswith(arrival.ticket.reference)
    actions.restore_text(key="acknowledgement", by=room.ida, at=room.at)
    assert queries.text("acknowledgement").edited is None


def test_the_html_form_loads_nothing_and_escapes_everything() -> None:
    text = "<script>x</script> see https://a.example/x?a=1&b=2.\n\n- one\n- two"
    sheet = letterhead.Sheet("A & B", text, reference="<f>")
    page = letterhead.rich(sheet, letterhead.Letterhead("V & W"))

    assert "<script>" not in page
    assert '<a class="link" href="https://a.example/x?a=1&amp;b=2"' in page
    assert "<li" in page
    assert "A &amp; B" in page
    assert "&lt;f&gt;" in page
    assert 'lang="en-GB"' in page
    assert "<img" not in page
    assert "src=" not in page


def test_both_forms_say_the_same(room: Desk, ticket: Ticket) -> None:
    correspondence.reply(ticket=ticket, by=room.ida, text="First line.\n\nSecond <b>line</b>.", at=room.at)
    rich = read(room.letters()[-1]).get_body(("html",))

    assert rich is not None
    assert "Second &lt;b&gt;line&lt;/b&gt;." in rich.get_content()
    assert ticket.reference in rich.get_content()


def test_a_letter_is_headed_by_what_it_is_about_and_not_by_our_name_for_it(room: Desk, ticket: Ticket) -> None:
    correspondence.reply(ticket=ticket, by=room.ida, text="First line.", at=room.at)
    rich = read(room.letters()[-1]).get_body(("html",))
    assert rich is not None
    assert f">{ticket.subject}</h1>" in rich.get_content()
