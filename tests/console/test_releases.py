"""Releases, announcements and news of issues in the console: nothing is saved before it was seen what it does."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from mainstay.console.views import announcements as announcement_views
from mainstay.console.views import releases as views
from mainstay.contracts.models import ContractProduct, Product
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import publishing
from mainstay.knowledge.models import KnownIssue, News
from mainstay.releases import announcing, placing
from mainstay.releases.models import Announcement, Release, Round
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk


@pytest.fixture
def rota(desk: Desk) -> Product:
    made = Product.objects.create(key="rota", name="Rota")
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=made)
    return made


@pytest.fixture
def ticket(desk: Desk, rota: Product) -> Ticket:
    """A request of Ana's that waits for the next release of Rota."""
    desk.at("Mon 09:00")
    made = desk.mail("ana", "Two columns, please")
    tickets.set_details(ticket=made, at=desk.now, actor="test", missing=(), product=rota)
    return pages.settled(desk, made, 4)


def fill(browser: Client, path: str, step: str = "do", **said: Any) -> Any:
    """Fill a form in; one that shows first what it does is looked at, and then done."""
    shown = browser.get(path)
    said["nonce"] = pages.nonce(shown)
    if step == "do" and b'value="look"' in shown.content:
        said["seen"] = pages.seen(browser.post(path, {**said, "step": "look"}))
    return browser.post(path, {**said, "step": step}, follow=True)


def plan(browser: Client, rota: Product, step: str = "do", day: str = "2027-02-02", **said: Any) -> Any:
    wanted = {"product": rota.pk, "name": "5.4", "kind": "minor", "planned_on": day, "tells": "on", **said}
    return fill(browser, "/releases/add/", step, **wanted)


def test_no_release_yet_says_why_one_is_needed(browse: Browse) -> None:
    assert "has a date only once one is planned" in pages.text(browse("ida").get("/releases/"))


def test_a_product_without_a_release_is_flagged_above_the_list(browse: Browse, ticket: Ticket) -> None:
    said = pages.text(browse("mara").get("/releases/"))
    assert "Rota : 1 request waits for the next release, and none is planned." in said
    assert "Rota: a request waits for its next release" in pages.text(browse("mara").get("/notices/"))


def test_planning_shows_what_it_does_and_saves_nothing_before(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    mara, rota = browse("mara"), Product.objects.get()
    said = pages.text(plan(mara, rota, "look"))
    assert f"{ticket.reference} Acme Health none planned Rota 5.4, Tuesday 2 February 2027 ana@acme.example" in said
    assert not Release.objects.exists()
    said = pages.text(plan(mara, rota))
    assert "Planned for Tuesday 2 February 2027" in said
    assert "planned it for Tuesday 2 February 2027 1 still to be told" in said
    desk.work()
    said = pages.text(mara.get(f"/releases/{Release.objects.get().pk}/"))
    assert f"{ticket.reference} Two columns, please Acme Health Open" in said
    assert "1 told" in said


def test_moving_asks_for_the_reason_and_shows_who_was_told(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    mara = browse("mara")
    plan(mara, Product.objects.get(), tells="")
    desk.work()
    path = f"/releases/{Release.objects.get().pk}/"
    assert "Write it in words for the clients" in pages.text(fill(mara, f"{path}move/", planned_on="2027-02-09"))
    assert Release.objects.get().planned_on.day == 2
    fill(mara, f"{path}move/", planned_on="2027-02-09", reason="A test failed.")
    desk.work()
    told = Round.objects.get(change="moved")
    said = pages.text(mara.get(f"{path}?told={told.pk}"))
    assert "moved it from Tuesday 2 February 2027 to Tuesday 9 February 2027 A test failed." in said
    assert f"{ticket.reference} Acme Health Arrived" in said


def test_shipping_shows_who_is_solved_and_who_was_left_out(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    mara = browse("mara")
    plan(mara, Product.objects.get())
    desk.work()
    path = f"/releases/{Release.objects.get().pk}/ship/"
    assert "solved, to be tested" in pages.text(fill(mara, path, "look", included=[ticket.pk]))
    assert "none planned" in pages.text(fill(mara, path, "look"))
    assert desk.look(ticket).state == "open"
    fill(mara, path, included=[ticket.pk])
    desk.work()
    assert desk.look(ticket).state == "resolved"
    assert mara.get(path).status_code == 404  # it ships once


def test_withdrawing_says_where_its_requests_go(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    mara = browse("mara")
    plan(mara, Product.objects.get())
    desk.work()
    path = f"/releases/{Release.objects.get().pk}/"
    assert f"{ticket.reference} Acme Health Rota 5.4" in pages.text(
        fill(mara, f"{path}withdraw/", "look", reason="No.")
    )
    fill(mara, f"{path}withdraw/", reason="It goes into 6.0.")
    assert "Withdrawn" in pages.text(mara.get(path))
    assert "Nothing matches" in pages.text(mara.get("/releases/?stage=shipped"))


def test_who_gets_it_can_be_changed(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    mara = browse("mara")
    plan(mara, Product.objects.get())
    desk.work()
    path = f"/releases/{Release.objects.get().pk}/change/"
    said = pages.text(fill(mara, path, "look", name="5.4", organisations=[desk.carrow.pk]))
    assert "none planned" in said
    fill(mara, path, name="5.4.0", notes="Two columns.", organisations=[desk.acme.pk])
    assert "Rota 5.4.0" in pages.text(mara.get("/releases/?product=rota&kind=minor"))


def test_pages_of_releases_keep_their_filters_and_their_place_while_others_come_in(
    desk: Desk, browse: Browse, rota: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    mara = browse("mara")
    for day in range(1, 6):
        plan(mara, rota, day=f"2027-02-0{day}", name=f"5.{day}")
    plan(mara, rota, day="2027-02-03", name="Handbook", kind="documentation")
    first = mara.get("/releases/?kind=minor")
    plan(mara, rota, day="2027-02-09", name="5.9")  # comes before all of them
    second = mara.get("/releases/" + pages.beside(first, "next"))
    third = mara.get("/releases/" + pages.beside(second, "next"))
    listed = [re.findall(r"Rota ([\w.]+) Planned", pages.text(one)) for one in (first, second, third)]
    assert listed == [["5.5", "5.4"], ["5.3", "5.2"], ["5.1"]]
    assert pages.beside(third, "next") == ""
    assert pages.text(mara.get("/releases/" + pages.beside(third, "prev"))) == pages.text(second)


def test_pages_of_announcements_keep_their_place_while_one_is_changed(
    desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement_views, "PAGE", 2)
    mara, made = browse("mara"), []
    for hour in range(9, 12):
        desk.at(f"Mon {hour:02}:00")
        said = announcing.Wording(f"At {hour}", "Something.", date(2026, 2, 2))
        made.append(announcing.draft(wording=said, by=desk.person["mara"], at=desk.now))
    first = mara.get("/announcements/")
    desk.at("Mon 12:00")
    said = announcing.Wording("At 10 anew", "Something.", date(2026, 2, 2))
    announcing.draft(announcement=made[1], wording=said, by=desk.person["mara"], at=desk.now)
    second = mara.get("/announcements/" + pages.beside(first, "next"))
    assert [re.findall(r"At (\d+) Draft", pages.text(one)) for one in (first, second)] == [["11", "10"], ["9"]]


def test_a_ticket_s_card_says_its_release_and_shows_what_another_one_does_before(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    ida, mara = browse("ida"), browse("mara")
    assert "No release of Rota is planned, so it has no date." in pages.text(card(ida, ticket))
    plan(mara, Product.objects.get())
    plan(mara, Product.objects.get(), day="2027-03-02", name="5.5")
    desk.work()
    assert "Rota 5.4 Planned Tuesday 2 February 2027" in pages.text(card(ida, ticket))
    later, path = Release.objects.get(name="5.5"), f"/tickets/{ticket.reference}/release/choose/"
    asked = {"release": later.pk, "tells": "on"}
    assert "in words for the requester, who is told" in pages.text(fill(ida, path, "look", **asked))
    shown = pages.text(fill(ida, path, "look", **asked, reason="It needs longer."))
    assert (
        "Waits for changes from Rota 5.4, Tuesday 2 February 2027 to Rota 5.5, Tuesday 2 March 2027 "
        "Promised by Tuesday 2 February 2027, as it is Told ana@acme.example"
    ) in shown
    desk.work()
    place = placing.current(ticket)
    assert place is not None
    assert (str(place.release), desk.sent(kind="release_changed")) == ("Rota 5.4", [])
    fill(ida, path, **asked, reason="It needs longer.")
    desk.work()
    place = placing.current(ticket)
    assert place is not None
    assert (place.release, place.chosen_by) == (later, desk.person["ida"])
    (letter,) = desk.sent(kind="release_changed")
    assert "no longer waits for Rota 5.4." in letter.text
    assert "Rota 5.5, on Tuesday 2 March 2027." in letter.text
    assert "It needs longer." in letter.text
    assert "chosen by Ida Flint" in pages.text(card(ida, ticket))
    assert "one of those that are offered" in pages.text(ida.post(path, {"release": "99", "step": "look"}))
    again = fill(ida, path, "look", **asked, reason="Again.")
    assert "Told Nobody: it goes on waiting for the same one." in pages.text(again)


def test_a_request_that_waits_for_no_release_is_offered_none(desk: Desk, browse: Browse, rota: Product) -> None:
    ticket = desk.mail("ana", "Hello")
    said = browse("ida").get(f"/tickets/{ticket.reference}/release/choose/", follow=True)
    assert "This request does not wait for a release." in pages.text(said)


def card(browser: Client, ticket: Ticket) -> Any:
    return browser.get(f"/tickets/{ticket.reference}/release/")


def test_a_draft_shows_its_letter_and_whom_it_reaches_before_it_is_sent(
    desk: Desk, browse: Browse, rota: Product
) -> None:
    mara = browse("mara")
    assert "in reasonable advance (clause 5.4)" in pages.text(mara.get("/announcements/"))
    said = {"title": "New lists", "text": "Two columns.", "effective_on": "2027-03-01", "products": [rota.pk]}
    shown = pages.text(fill(mara, "/announcements/add/", **said))
    assert "A change is coming: New lists" in shown
    assert "Ana Okafor ana@acme.example Acme Health" in shown
    assert "Send it to 1 person" in shown
    path = f"/announcements/{Announcement.objects.get().pk}/"
    nonce = pages.nonce(mara.get(path))
    for _ in range(2):  # a double click is one sending
        mara.post(f"{path}send/", {"nonce": nonce})
    desk.work()
    assert len(desk.sent(kind="announcement")) == 1
    assert "Ana Okafor, Acme Health Arrived" in pages.text(mara.get(path))


@pytest.fixture
def announced(desk: Desk, rota: Product) -> Announcement:
    """An announcement that Ana was told of."""
    desk.at("Mon 09:00")
    said = announcing.Wording("New lists", "Two columns.\nNo other change.", date(2026, 2, 2), (rota,))
    made = announcing.draft(wording=said, by=desk.person["mara"], at=desk.now)
    announcing.send(announcement=made, by=desk.person["mara"], at=desk.now)
    desk.work()
    return made


def corrected(rota: Product, **said: Any) -> dict[str, Any]:
    words = {"title": "New lists", "text": "Two columns.\r\nNo other change.", "effective_on": "2026-02-02"}
    return {**words, "products": [rota.pk], "reason": "It needs longer.", **said}


def test_a_correction_shows_what_is_different_the_notice_left_and_whom_it_reaches_before_it_is_sent(
    desk: Desk, browse: Browse, rota: Product, announced: Announcement
) -> None:
    mara, path = browse("mara"), f"/announcements/{announced.pk}/change/"
    desk.at("Tue 09:00")
    assert "Nothing is sent before that." in pages.text(mara.get(path))
    later = corrected(rota, effective_on="2026-03-02", text="Two columns.\r\nAnd a margin.")
    shown = pages.text(fill(mara, path, "look", **later))
    assert "Takes effect on changes from Monday 2 February 2026 to Monday 2 March 2026" in shown
    assert "Taken out − No other change. Added + And a margin." in shown
    assert "Title changes from" not in shown
    assert "It takes effect on Monday 2 March 2026. That is 48 days' notice." in shown
    assert "Ana Okafor ana@acme.example Acme Health" in shown
    assert "Correct it and tell 1 person" in shown
    desk.work()
    announced.refresh_from_db()
    assert (announced.effective_on, len(desk.sent(kind="announcement"))) == (date(2026, 2, 2), 1)
    fill(mara, path, **later)
    desk.work()
    assert [one.subject for one in desk.sent(kind="announcement")][1:] == ["Correction: New lists"]
    assert "It needs longer." in pages.text(mara.get(f"/announcements/{announced.pk}/"))


def test_a_correction_that_corrects_nothing_is_refused(
    desk: Desk, browse: Browse, rota: Product, announced: Announcement
) -> None:
    mara, path = browse("mara"), f"/announcements/{announced.pk}/change/"
    assert "Nothing yet: it says the same as before." in pages.text(fill(mara, path, "look", **corrected(rota)))
    assert "It says the same as before. Change what is wrong" in pages.text(fill(mara, path, **corrected(rota)))
    desk.work()
    assert len(desk.sent(kind="announcement")) == 1


def test_withdrawing_an_announcement_shows_its_letter_and_who_was_told_before_it_is_sent(
    desk: Desk, browse: Browse, announced: Announcement
) -> None:
    mara, path = browse("mara"), f"/announcements/{announced.pk}/withdraw/"
    desk.authorise("cleo", desk.acme, "Clerk")  # who has not heard of it learns nothing of its end
    shown = pages.text(fill(mara, path, "look", reason="Not liked."))
    assert "Withdrawn: New lists" in shown
    assert "New lists This change does not come, for now." in shown
    assert "takes effect" not in shown.partition("Withdrawn: New lists")[2].partition("Withdraw it and tell")[0]
    assert "Withdraw it and tell 1 person" in shown
    desk.work()
    announced.refresh_from_db()
    assert (announced.stage, len(desk.sent(kind="announcement"))) == ("sent", 1)
    fill(mara, path, reason="Not liked.")
    desk.work()
    assert [one.to for one in desk.sent(kind="announcement_withdrawn")] == [("ana",)]
    assert "New lists Withdrawn takes effect on" in pages.text(mara.get("/announcements/"))


def test_only_what_was_looked_at_is_done(desk: Desk, browse: Browse, rota: Product, announced: Announcement) -> None:
    """Neither a form that was changed after the look nor a desk that has changed since is done unseen."""
    mara, path = browse("mara"), f"/announcements/{announced.pk}/change/"
    said = {**corrected(rota, title="Lists"), "nonce": "once"}
    seen = pages.seen(mara.post(path, {**said, "step": "look"}))
    unseen = "This is not what you looked at"
    assert unseen in pages.text(mara.post(path, {**said, "title": "Other", "seen": seen, "step": "do"}))
    desk.authorise("cleo", desk.acme, "Clerk")
    shown = mara.post(path, {**said, "seen": seen, "step": "do"})
    assert unseen in pages.text(shown)
    assert "tell 2 people" in pages.text(shown)
    assert unseen in pages.text(mara.post(path, {**said, "step": "do"}))
    assert announced.editions.count() == 1
    again = {**said, "seen": pages.seen(shown), "step": "do"}
    mara.post(path, again)
    assert "This was saved already." in pages.text(mara.post(path, again))
    assert announced.editions.count() == 2


@pytest.fixture
def issue(desk: Desk, rota: Product) -> KnownIssue:
    said = knowledge.Said("Labels are askew", "Skewed labels.", products=[rota])
    return knowledge.add_issue(said=said, by=desk.person["ida"], at=desk.now)


def test_news_are_given_with_whom_they_reach_beside_them(desk: Desk, browse: Browse, issue: KnownIssue) -> None:
    ida, ticket = browse("ida"), desk.mail("ana", "Labels")
    desk.does(knowledge.link, "ida", ticket, issue=issue)
    path = f"/issues/{issue.pk}/"
    assert "Only the desk sees it" in pages.text(ida.get(path))
    assert "Clients do not see this issue yet." in pages.text(ida.get(f"{path}news/"))
    assert "Publish it first" in pages.text(fill(ida, f"{path}news/", text="We found it.", tells="on"))
    ida.post(f"{path}show/")
    assert f"{ticket.reference} ana@acme.example Acme Health" in pages.text(ida.get(f"{path}news/"))
    fill(ida, f"{path}news/", text="We found it.", tells="on")
    desk.work()
    said = pages.text(ida.get(path))
    assert "We found it. We are looking for the cause. 1 told" in said
    assert f"{ticket.reference} Acme Health Arrived" in said
    ida.post(f"{path}hide/")
    assert "Only the desk sees it" in pages.text(ida.get(path))


def test_what_failed_can_be_tried_again(
    desk: Desk, browse: Browse, issue: KnownIssue, monkeypatch: pytest.MonkeyPatch
) -> None:
    ida = browse("ida")
    desk.does(knowledge.link, "ida", desk.mail("ana", "Labels"), issue=issue)
    ida.post(f"/issues/{issue.pk}/show/")
    with monkeypatch.context() as broken:
        broken.setattr(publishing.letters, "send", None)
        fill(ida, f"/issues/{issue.pk}/news/", text="We found it.", tells="on")
        desk.work()
    assert "1 failed Try again" in pages.text(ida.get(f"/issues/{issue.pk}/"))
    news = News.objects.get()
    ida.post(f"/issues/{issue.pk}/news/{news.pk}/again/")
    desk.work()
    assert len(desk.sent(kind="known_issue_update")) == 1
