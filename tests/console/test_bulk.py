"""Acts on many tickets: done for those that may, left and said for the others, and undone within ten minutes."""

from __future__ import annotations

import re
from typing import Any

from mainstay.console.views import bulk
from mainstay.tickets import actions as tickets
from mainstay.tickets import tags
from mainstay.tickets.models import Message, Ticket
from mainstay.views.models import Batch
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.pages import settled
from tests.desk import Desk


def do(desk: Desk, browser: Any, act: str, chosen: list[Ticket], **said: str) -> Any:
    """Select, fill in, send, and let the worker do it; return the page of the result."""
    shown = browser.get(f"/views/open/bulk/{act}/", {"ticket": [ticket.pk for ticket in chosen]})
    typed = {"tickets": pages.part(shown, 'name="tickets" value="', '"'), "nonce": pages.nonce(shown), **said}
    answer = browser.post(f"/views/open/bulk/{act}/", typed)
    if answer.status_code != 302:
        return answer
    desk.work()
    return browser.get(answer["Location"])


def undo(desk: Desk, browser: Any, shown: Any) -> Any:
    address = re.findall(r'action="(/batches/\d+/undo/)"', shown.content.decode())[0]
    answer = browser.post(address)
    desk.work()
    return browser.get(answer["Location"])


def test_many_are_assigned_at_once_and_given_back(desk: Desk, browse: Browse) -> None:
    one, two, three = (desk.mail("ana", subject) for subject in ("One", "Two", "Three"))
    ida, jon = desk.person["ida"], desk.person["jon"]
    desk.does(tickets.assign, "ida", two, assignee=jon, team=None)
    desk.does(tickets.close, "ida", three, cause="use")
    browser = browse("ida")
    shown = do(desk, browser, "assign", [one, two, three], assignee=str(ida.pk))
    assert "Done for 2 tickets, left 1 as it was" in pages.text(shown)
    assert f"{three.reference} The ticket is closed. Reopen it before assigning it." in pages.text(shown)
    assert [desk.look(ticket).assignee for ticket in (one, two)] == [ida, ida]
    assert desk.look(one).team is not None  # left as it is

    shown = undo(desk, browser, shown)
    assert "Done for 2 tickets." in pages.text(shown)
    assert [desk.look(ticket).assignee for ticket in (one, two)] == [None, jon]
    assert len(desk.history(two, "assigned")) == 4  # allocated, given to Jon, to Ida, and given back


def test_an_undo_leaves_what_somebody_has_changed_since(desk: Desk, browse: Browse) -> None:
    one, two = desk.mail("ana", "One"), desk.mail("ana", "Two")
    browser = browse("ida")
    shown = do(desk, browser, "assign", [one, two], assignee=str(desk.person["ida"].pk))
    desk.does(tickets.assign, "jon", two, assignee=desk.person["jon"], team=None)
    shown = undo(desk, browser, shown)
    assert "Done for 1 ticket, left 1 as it was" in pages.text(shown)
    assert "assigned anew meanwhile" in pages.text(shown)
    assert (desk.look(one).assignee, desk.look(two).assignee) == (None, desk.person["jon"])


def test_an_undo_ends_after_ten_minutes(desk: Desk, browse: Browse) -> None:
    browser, ticket = browse("ida"), desk.mail("ana")
    shown = do(desk, browser, "assign", [ticket], assignee=str(desk.person["ida"].pk))
    desk.advance(minutes=11)
    address = re.findall(r'action="(/batches/\d+/undo/)"', shown.content.decode())[0]
    assert "can no longer be taken back" in pages.text(browser.post(address))
    assert desk.look(ticket).assignee == desk.person["ida"]


def test_many_are_closed_with_their_cause_and_those_that_may_not_be_are_named(desk: Desk, browse: Browse) -> None:
    """R3.4b: a resolved incident has its cause; R3.2b: nothing goes out for a request that is held."""
    verified, held = settled(desk, desk.mail("ana", "One"), 3), desk.mail("stranger@elsewhere.example", "Two")
    shown = do(desk, browse("ida"), "close", [verified, held], cause="use", text="This is done.")
    assert "Done for 1 ticket, left 1 as it was" in pages.text(shown)
    assert f"{held.reference} It is held for verification." in pages.text(shown)
    assert (desk.look(verified).state, desk.look(verified).cause, desk.look(held).state) == ("closed", "use", "new")
    assert "undo/" in shown.content.decode()


def test_closing_without_a_cause_leaves_the_incidents_that_have_none_untouched(desk: Desk, browse: Browse) -> None:
    ticket = settled(desk, desk.mail("ana"), 3)
    letters = Message.objects.count()
    shown = do(desk, browse("ida"), "close", [ticket], cause="", text="Done.")
    assert "Nothing was changed; left 1 ticket as it was" in pages.text(shown)
    assert "Say what the cause was" in pages.text(shown)
    assert Message.objects.count() == letters


def test_many_are_tagged_and_untagged_again(desk: Desk, browse: Browse) -> None:
    one, two = desk.mail("ana", "One"), desk.mail("ana", "Two")
    desk.does(tags.tag, "ida", two, name="printer")
    browser = browse("ida")
    shown = do(desk, browser, "tag", [one, two], tag="#Printer")
    assert [tags.names_of(ticket) for ticket in (one, two)] == [["printer"], ["printer"]]
    undo(desk, browser, shown)
    assert [tags.names_of(ticket) for ticket in (one, two)] == [[], ["printer"]]


def test_one_note_is_written_on_each(desk: Desk, browse: Browse) -> None:
    chosen = [desk.mail("ana", f"Number {number}") for number in range(25)]
    shown = do(desk, browse("ida"), "note", chosen, text="The network was down.")
    assert "Done for 25 tickets." in pages.text(shown)
    assert Message.objects.filter(text="The network was down.").count() == 25


def test_all_that_match_are_those_of_every_page_and_no_others(desk: Desk, browse: Browse) -> None:
    mine = [desk.mail("ana", f"Number {number}") for number in range(3)]
    desk.mail("cleo", "Another")
    shown = browse("ida").get("/views/open/bulk/note/?organisation=acme-health&every=yes&ticket=1")
    ids = {int(one) for one in pages.part(shown, 'name="tickets" value="', '"').split(",")}
    assert ids == {ticket.pk for ticket in mine}
    assert "Write a note on 3 tickets" in pages.text(shown)


def test_more_than_a_batch_takes_is_said(desk: Desk, browse: Browse, monkeypatch: Any) -> None:
    for number in range(3):
        desk.mail("ana", f"Number {number}")
    monkeypatch.setattr(bulk, "MOST", 2)
    shown = pages.text(browse("ida").get("/views/open/bulk/note/?every=yes"))
    assert "Write a note on 2 tickets" in shown
    assert "More than 2 match." in shown


def test_the_same_form_sent_twice_is_done_once(desk: Desk, browse: Browse) -> None:
    browser, ticket = browse("ida"), desk.mail("ana")
    shown = browser.get(f"/views/open/bulk/note/?ticket={ticket.pk}")
    typed = {"tickets": str(ticket.pk), "nonce": pages.nonce(shown), "text": "Once."}
    assert browser.post("/views/open/bulk/note/", typed).status_code == 302
    assert browser.post("/views/open/bulk/note/", typed).status_code == 422
    assert Batch.objects.count() == 1


def test_nonsense_selects_nothing_and_says_so(desk: Desk, browse: Browse) -> None:
    for ids in ("", "x", "1' OR 1=1", "9" * 30, "١"):
        answer = browse("ida").post("/views/open/bulk/note/", {"tickets": ids, "text": "Hello"})
        assert answer.status_code == 422
        assert "No ticket is selected." in pages.text(answer)
    answer = browse("ida").post("/views/open/bulk/assign/", {"tickets": "1"})
    assert "Choose a person or a team." in pages.text(answer)


def test_another_s_batch_is_not_there(desk: Desk, browse: Browse) -> None:
    do(desk, browse("ida"), "note", [desk.mail("ana")], text="Seen.")
    number = Batch.objects.get().pk
    for browser in (browse("jon"), browse("mara")):
        assert browser.get(f"/batches/{number}/").status_code == 404
        assert browser.post(f"/batches/{number}/undo/").status_code == 404


def test_the_worker_goes_on_when_the_page_is_closed(desk: Desk, browse: Browse) -> None:
    browser, chosen = browse("ida"), [desk.mail("ana", f"Number {number}") for number in range(3)]
    shown = browser.get("/views/open/bulk/note/", {"ticket": [ticket.pk for ticket in chosen]})
    typed = {"tickets": pages.part(shown, 'name="tickets" value="', '"'), "nonce": pages.nonce(shown), "text": "Seen."}
    begun = browser.post("/views/open/bulk/note/", typed)["Location"]
    waiting = browser.get(begun)
    assert "0 of 3" in pages.text(waiting)
    assert "The worker goes on if you close this" in pages.text(waiting)
    assert not Message.objects.filter(text="Seen.").exists()
    desk.work()
    assert Message.objects.filter(text="Seen.").count() == 3
    assert "Done for 3 tickets." in pages.text(browser.get(begun))


def test_a_batch_that_no_worker_takes_up_says_so(desk: Desk, browse: Browse) -> None:
    browser, ticket = browse("ida"), desk.mail("ana")
    with desk.asleep():
        shown = do(desk, browser, "note", [ticket], text="Seen.")
        assert "It has not begun yet" not in pages.text(shown)
        desk.advance(seconds=30)
        assert "It has not begun yet" in pages.text(browser.get(shown.request["PATH_INFO"]))
    assert "Done for 1 ticket." in pages.text(browser.get(shown.request["PATH_INFO"]))


def test_what_was_done_to_many_is_found_later_by_who_did_it(desk: Desk, browse: Browse) -> None:
    browser, ticket, held = browse("ida"), desk.mail("ana"), desk.mail("stranger@elsewhere.example")
    assert "Nothing yet" in pages.text(browser.get("/batches/"))
    do(desk, browser, "note", [ticket], text="Seen.")
    do(desk, browser, "close", [ticket, held], cause="use", text="Done.")
    shown = pages.text(browser.get("/batches/"))
    assert shown.index("Close 2 tickets") < shown.index("Write a note on 1 ticket")
    assert "Done for 1 ticket, left 1 as it was" in shown
    assert "Nothing yet" in pages.text(browse("jon").get("/batches/"))
    assert "/batches/" in browser.get("/notices/").content.decode()


def test_a_withdrawn_note_stays_folded_with_who_withdrew_it(desk: Desk, browse: Browse) -> None:
    browser, ticket = browse("ida"), desk.mail("ana")
    shown = undo(desk, browser, do(desk, browser, "note", [ticket], text="The network was down."))
    assert "Done for 1 ticket." in pages.text(shown)
    page = browser.get(f"/tickets/{ticket.reference}/")
    note = pages.part(page, "entry--note", "</article>")
    assert "Withdrawn note" in note
    assert "The network was down." in note.split('<details class="folded">')[1]
    assert "Internal note withdrawn" in pages.text(page)
