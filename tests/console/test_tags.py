"""Tags on the ticket's page and on the page where managers keep the list."""

from __future__ import annotations

import re

from mainstay.tickets import tags
from mainstay.tickets.models import Tag
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_acts import do
from tests.desk import Desk


def test_tags_are_added_and_kept_with_one_form_that_offers_what_there_is(desk: Desk, browse: Browse) -> None:
    first, second, ida = desk.mail("ana"), desk.mail("cleo"), browse("ida")
    assert do(ida, first, "tags", add="Card reader, VIP").status_code == 302
    assert tags.names_of(first) == ["card-reader", "vip"]
    offered = ida.get(f"/tickets/{second.reference}/tags/").content.decode()
    assert '<option value="vip">' in offered
    assert do(ida, first, "tags", keep=["vip"], add="").status_code == 302
    assert tags.names_of(first) == ["vip"]


def test_what_is_no_tag_comes_back_with_the_reason_beside_it(desk: Desk, browse: Browse) -> None:
    refused = do(browse("ida"), desk.mail("ana"), "tags", add="good, <bad>")
    assert refused.status_code == 422
    assert "cannot hold" in pages.text(refused)
    assert 'value="good, &lt;bad&gt;"' in refused.content.decode()


def test_a_tag_is_taken_off_by_one_press_and_put_back_by_another(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    desk.does(tags.tag, "ida", ticket, name="vip")
    tag = Tag.objects.get()
    shown = ida.post(f"/tickets/{ticket.reference}/tags/{tag.pk}/off/", follow=True)
    assert tags.names_of(ticket) == []
    back = re.findall(r'action="([^"]+/on/)"', shown.content.decode())
    assert back == [f"/tickets/{ticket.reference}/tags/{tag.pk}/on/"]
    ida.post(back[0])
    assert tags.names_of(ticket) == ["vip"]


def test_managers_keep_the_list_and_others_read_it(desk: Desk, browse: Browse) -> None:
    mara, ida = browse("mara"), browse("ida")
    assert "No tag yet" in pages.text(ida.get("/tags/"))
    assert "Add a tag" not in pages.text(ida.get("/tags/"))
    mara.post("/tags/add/", {"name": "VIP"})
    tag = Tag.objects.get()
    assert "already" in pages.text(mara.post("/tags/add/", {"name": "vip"}))
    mara.post("/tags/choice/", {})
    assert "managers keep it" in pages.text(ida.get("/tags/"))
    mara.post("/tags/choice/", {"free": "on"})
    assert tags.anybody_makes()
    mara.post(f"/tags/{tag.pk}/rename/", {"name": "important"})
    mara.post(f"/tags/{tag.pk}/retire/")
    assert "important retired" in pages.text(ida.get("/tags/"))
    mara.post("/tags/add/", {"name": "important"})
    assert tags.offered() == ["important"]
