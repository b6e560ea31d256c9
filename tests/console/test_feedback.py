"""What clients said, as managers read it (R3.9, R3.10a): small numbers tell nobody's own answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mainstay.contracts.models import Product
from mainstay.feedback import sources, surveys
from mainstay.feedback.models import Part, Rating, Remark, Secret, Source, Survey
from mainstay.tickets import complaints
from mainstay.tickets.models import Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk


@pytest.fixture
def closed(desk: Desk) -> Ticket:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    return desk.look(ticket)


def answered(desk: Desk, ticket: Ticket, number: int, value: int = 4, comment: str = "") -> None:
    """Have that many surveys about `ticket` answered alike."""
    part = Part.objects.get(key="response")
    for _ in range(number):
        survey = Survey.objects.create(
            ticket=ticket, address="ana@acme.example", digest=surveys.digest_of(str(Survey.objects.count())),
            sent_at=desk.now, expires_at=desk.now + timedelta(days=30), answered_at=desk.now, comment=comment,
        )  # fmt: skip
        Rating.objects.create(survey=survey, part=part, value=value)


def test_fewer_than_five_answers_have_no_average(desk: Desk, closed: Ticket, browse: Browse) -> None:
    answered(desk, closed, 4, value=3)
    page = pages.text(browse("mara").get("/feedback-results/"))
    assert "Fewer than 5 answers: no average" in page
    assert "3.0" not in page
    answered(desk, closed, 1, value=3)
    page = pages.text(browse("mara").get("/feedback-results/?by=client"))
    assert "3.0" in page
    assert "83 %" in page  # five of six


def test_a_part_that_few_rated_has_none_either(desk: Desk, closed: Ticket, browse: Browse) -> None:
    answered(desk, closed, 6)
    Rating.objects.create(survey=Survey.objects.latest("pk"), part=Part.objects.get(key="manner"), value=1)
    assert "1.0" not in pages.text(browse("mara").get("/feedback-results/"))


@pytest.mark.parametrize(
    ("by", "name"),
    [("month", "January 2026"), ("team", "Support Team"), ("client", "Acme Health"), ("product", "None")],
)
def test_results_are_told_by(desk: Desk, closed: Ticket, browse: Browse, by: str, name: str) -> None:
    answered(desk, closed, 5)
    assert name in pages.text(browse("mara").get(f"/feedback-results/?by={by}"))
    file = browse("mara").get(f"/feedback-results/file/?by={by}").content.decode("utf-8-sig").splitlines()
    assert file[1].startswith(f"{name},6,5,83 %")


def test_a_file_runs_nothing_in_a_spreadsheet(desk: Desk, closed: Ticket, browse: Browse) -> None:
    desk.acme.name = "=cmd()"
    desk.acme.save()
    assert "'=cmd()" in browse("mara").get("/feedback-results/file/?by=client").content.decode()


def test_comments_are_narrowed_and_paged(desk: Desk, closed: Ticket, browse: Browse) -> None:
    answered(desk, closed, 60, comment="Quite good.")
    answered(desk, closed, 1, value=1, comment="<b>Not</b> good.")
    mara = browse("mara")
    first = mara.get("/feedback-results/").content.decode()
    assert first.count("good.") == 50
    assert "&lt;b&gt;Not" in first
    following = re.search(r'href="(\?[^"]*before=[0-9]+)" rel="next"', first)
    assert following
    second = mara.get("/feedback-results/" + following[1].replace("&amp;", "&")).content.decode()
    assert second.count("good.") == 11
    low = pages.text(mara.get("/feedback-results/?low=1"))
    assert "Not" in low
    assert "Quite good" not in low


@pytest.mark.parametrize("asked", ["since=x&until=2026-13-99", "before=x", "by=x", "client=%00", "before=" + "9" * 30])
def test_what_makes_no_sense_narrows_nothing(desk: Desk, closed: Ticket, browse: Browse, asked: str) -> None:
    assert browse("mara").get(f"/feedback-results/?{asked}").status_code == 200


def test_the_list_costs_the_same_however_many_answered(
    desk: Desk, closed: Ticket, browse: Browse, django_assert_max_num_queries: object
) -> None:
    answered(desk, closed, 40)
    mara = browse("mara")
    mara.get("/feedback-results/")
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # a fixture of pytest-django
        mara.get("/feedback-results/")


def test_how_is_asked_can_be_changed_and_what_was_answered_stays(desk: Desk, closed: Ticket, browse: Browse) -> None:
    answered(desk, closed, 1)
    mara = browse("mara")
    parts = {f"part-{part.key}": part.words for part in Part.objects.all()}
    said = {**parts, "part-response": "", "part-manner": "Were we kind?", "apart_days": "0", "low": "3", "new": "On site"}
    assert mara.post("/feedback-results/asking/", said).status_code == 302

    assert [part.words for part in surveys.parts_in_use()] == [
        "Reaching us and being heard", "Being kept up to date", "How it was solved", "Were we kind?", "On site",
    ]  # fmt: skip
    assert (surveys.manner().apart_days, surveys.manner().low) == (0, 3)
    assert Rating.objects.get().part.key == "response"
    mara.post("/feedback-results/asking/", {**parts, "apart_days": "14", "low": "2"})
    assert "How soon we answered" in [part.words for part in surveys.parts_in_use()]
    assert mara.post("/feedback-results/asking/", {**parts, "apart_days": "-1", "low": "9"}).status_code == 422


def test_a_desk_that_has_asked_nobody_says_so(desk: Desk, browse: Browse) -> None:
    mara = browse("mara")
    assert "Nobody has been asked yet" in pages.text(mara.get("/feedback-results/"))
    assert "Being kept up to date" in mara.get("/feedback-results/asking/").content.decode()


# ---- Complaints ----------------------------------------------------------------------------------------------------


def test_complaints_show_their_clock_who_has_them_and_what_came_of_them(desk: Desk, browse: Browse) -> None:
    ticket = desk.opened()
    case = desk.mail("ana", f"COMPLAINT [{ticket.reference}]", "Nobody has rung us back since last week.")
    mara = browse("mara")
    page = pages.text(mara.get("/complaints/"))
    assert case.reference in page
    assert f"about {ticket.reference}" in page
    assert "To be answered" in page

    desk.does(
        complaints.record_outcome, "mara", case, finding="upheld", reason="We were late.", lesson="Ring on the day."
    )
    desk.answer_complaint("mara", case, arrives="Tue 10:00")
    desk.close("mara", case, cause="", arrives="Tue 11:00")
    assert "No complaint is like that" in pages.text(mara.get("/complaints/"))
    page = pages.text(mara.get("/complaints/?standing=closed&finding=upheld"))
    assert all(words in page for words in ("Answered", "Upheld", "Ring on the day."))
    assert "No complaint is like that" in pages.text(mara.get("/complaints/?standing=all&finding=partly"))


def test_an_outcome_and_who_is_complained_of_stand_on_the_case(desk: Desk, browse: Browse) -> None:
    ticket = desk.opened()
    case = desk.mail("ana", f"COMPLAINT [{ticket.reference}]", "Nobody has rung us back since last week.")
    mara, path = browse("mara"), f"/tickets/{case.reference}/"
    assert "Ida Flint" in pages.text(mara.get(path))
    answer = mara.post(f"{path}outcome/", {"finding": "partly", "reason": "Late.", "lesson": "Ring.", "seen": "999999"})
    assert answer.status_code == 302
    people = [str(desk.person[one].pk) for one in ("jon",)]
    mara.post(f"{path}concerned/", {"people": people})
    page = pages.text(mara.get(path))
    assert "Partly upheld" in page
    assert [row.person for row in case.complained_of.filter(ended_at=None)] == [desk.person["jon"]]


def test_support_finds_no_complaint_anywhere(desk: Desk, browse: Browse) -> None:
    """Class C2: not on its page, in lists, counts, search or the page of what it is about."""
    ticket = desk.opened()
    case = desk.mail("ana", f"COMPLAINT [{ticket.reference}]", "Frobnicated words of a complaint that stay hidden.")
    ida = browse("ida")
    assert ida.get(f"/tickets/{case.reference}/").status_code == 404
    for path in (f"/tickets/{ticket.reference}/", "/views/all/", "/views/complaints/", "/search/?q=Frobnicated", "/"):
        page = ida.get(path, follow=True).content.decode()
        assert case.reference not in page, path
        assert "of a complaint that stay hidden" not in page, path


# ---- Inside products -----------------------------------------------------------------------------------------------


def test_a_secret_is_shown_once_rotated_and_revoked(desk: Desk, browse: Browse) -> None:
    product, ada = Product.objects.create(key="lantern", name="Lantern"), browse("ada")
    shown = ada.post("/inside-products/", {"product": product.pk, "origins": "https://app.vendor.example\n"})
    source, first = Source.objects.get(), Secret.objects.get()
    assert sources.unsealed(first) in shown.content.decode()
    assert sources.unsealed(first) not in ada.get("/inside-products/").content.decode()
    assert source.origins == ["https://app.vendor.example"]

    again = ada.post(f"/inside-products/{source.pk}/rotate/").content.decode()
    second = Secret.objects.latest("pk")
    assert sources.unsealed(second) in again
    first.refresh_from_db()
    assert first.ends_at == desk.now + sources.OVERLAP
    ada.post(f"/inside-products/secrets/{second.pk}/end/")
    assert not sources.good_at(desk.now).filter(pk=second.pk).exists()
    ada.post(f"/inside-products/{source.pk}/origins/", {"origins": "nonsense"})
    assert "Write the origin" in pages.text(ada.get("/inside-products/"))
    ada.post(f"/inside-products/{source.pk}/end/")
    assert ada.get("/inside-products/").content.decode().count("New secret") == 0


def test_remarks_wait_until_somebody_has_read_them(desk: Desk, browse: Browse) -> None:
    product = Product.objects.create(key="lantern", name="Lantern")
    source, _ = sources.open_source(product=product, origins=[], by=desk.person["ada"], at=desk.now)
    remark = Remark.objects.create(
        source=source, name="<i>Ana</i>", address="ana@acme.example", text="The new list is lovely.", at=desk.now
    )
    ida = browse("ida")
    page = ida.get("/remarks/").content.decode()
    assert "The new list is lovely." in page
    assert "<i>Ana" not in page
    ida.post(f"/remarks/{remark.pk}/seen/")
    assert "Nothing unread" in pages.text(ida.get("/remarks/"))
    assert "read by Ida Flint" in pages.text(ida.get("/remarks/?show=all"))
