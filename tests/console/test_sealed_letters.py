"""Keys in letters are their recipients' alone: nobody at the desk answers a survey or chooses a password for somebody."""

from __future__ import annotations

import re
from typing import Any

from mainstay.orgs.models import Organisation
from mainstay.outbox.models import Letter
from tests.console.conftest import Browse
from tests.desk import Desk


def test_the_link_of_a_survey_is_shown_to_nobody_at_the_desk(
    desk: Desk, browse: Browse, settings: Any
) -> None:
    """R3.9: whoever could read it in the outbox could rate themselves."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    letter = Letter.objects.get(kind="closure")
    assert re.search(r"/survey/[\w-]{20,}", desk.sent("ana", kind="closure")[-1].text)
    settings.DEMO = False  # where nothing is sent, everybody reads along
    for who in ("ida", "mara", "ada"):
        browser = browse(who)
        shown = [browser.get(f"/outbox/{letter.pk}/{part}") for part in ("", "html/", "raw/")]
        assert [answer.status_code for answer in shown] == [200, 200, 404]
        for answer in shown:
            assert not re.search(r"/survey/[\w-]{20}", answer.content.decode())
        assert "/survey/…" in shown[0].content.decode()


def test_an_invitation_is_read_by_nobody_at_the_desk(desk: Desk, browse: Browse, settings: Any) -> None:
    """R5.1b: whoever could read it could take the account."""
    settings.DEMO = False
    acme = Organisation.objects.get(name="Acme Health")
    said = {"name": "Eve Lane", "email": "eve@acme.example", "role": "Nurse", "may_raise": "on"}
    sent = browse("mara").post(f"/clients/{acme.key}/users/invite/", said)
    assert sent.status_code == 302
    letter = Letter.objects.get(kind="invitation")
    for part, status in (("", 200), ("html/", 404), ("raw/", 404)):
        answer = browse("ada").get(f"/outbox/{letter.pk}/{part}")
        assert answer.status_code == status
        assert "/portal/invitation/" not in answer.content.decode()
