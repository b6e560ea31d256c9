"""Inviting a client's people from the desk: managers do, everybody sees how each stands (R5.1b)."""

from __future__ import annotations

import pytest

from mainstay.orgs import invitations
from mainstay.orgs.models import Invitation, Membership
from mainstay.outbox.models import Letter
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk

USERS = "/clients/acme-health/users/"
NEW = {"email": "eve@acme.example", "name": "Eve Stone", "role": "Nurse", "may_raise": "on", "sees_all": "on"}


def of_bo(desk: Desk) -> str:
    return f"{USERS}{Membership.objects.get(person=desk.person['bo']).pk}/"


def invite(browse: Browse, **named: str) -> str:
    manager = browse("mara")
    form = {**NEW, **named, "nonce": pages.nonce(manager.get(f"{USERS}invite/"))}
    return pages.text(manager.post(f"{USERS}invite/", form, follow=True))


def test_a_manager_invites_and_the_list_shows_that_it_waits(desk: Desk, browse: Browse) -> None:
    shown = invite(browse)
    assert "The invitation is on its way" in shown
    assert "Eve Stone Waiting eve@acme.example" in shown
    assert "Nurse: raises requests and sees all requests" in shown
    letter = Letter.objects.get(kind="invitation")
    assert letter.recipients == ["eve@acme.example"]
    assert "Invited, not accepted yet" in pages.text(browse("ida").get(USERS))


def test_a_colleague_of_ours_is_refused_beside_the_field(desk: Desk, browse: Browse) -> None:
    assert "belongs to the support desk" in invite(browse, email=desk.person["ida"].email)
    assert not Invitation.objects.exists()


def test_an_authorised_user_is_invited_with_the_rights_they_have(desk: Desk, browse: Browse) -> None:
    assert "Has no account: they write by mail and ring." in pages.text(browse("ida").get(of_bo(desk)))
    shown = pages.text(browse("mara").post(f"{of_bo(desk)}invite/", follow=True))
    assert "Is invited and has not accepted yet." in shown
    row = Invitation.objects.get()
    assert (row.email, row.role, row.may_raise) == (desk.person["bo"].email, "Receptionist", False)
    assert "has been invited already" in pages.text(browse("mara").post(f"{of_bo(desk)}invite/", follow=True))


def test_it_is_sent_again_and_withdrawn(desk: Desk, browse: Browse) -> None:
    invite(browse)
    row, mara = Invitation.objects.get(), browse("mara")
    mara.post(f"/clients/acme-health/invitations/{row.pk}/again/")
    assert Letter.objects.filter(kind="invitation").count() == 2
    mara.post(f"/clients/acme-health/invitations/{row.pk}/withdraw/")
    assert "Invited, not accepted yet" not in pages.text(mara.get(USERS))
    answer = mara.post(f"/clients/acme-health/invitations/{row.pk}/withdraw/", follow=True)
    assert "accepted or withdrawn already" in pages.text(answer)


def test_another_clients_invitation_is_not_under_this_one(desk: Desk, browse: Browse) -> None:
    invite(browse)
    path = f"/clients/carrow-trust/invitations/{Invitation.objects.get().pk}/withdraw/"
    assert browse("mara").post(path).status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


@pytest.mark.parametrize("path", ["{id}/raw/", "{id}/html/"])
def test_nobody_at_the_desk_reads_the_link(path: str, desk: Desk, browse: Browse, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]  # the fixture of pytest-django
    invite(browse)
    letter = Letter.objects.get(kind="invitation")
    assert browse("ada").get("/outbox/" + path.format(id=letter.pk)).status_code == 404
    assert "/portal/invitation/" not in browse("ada").get(f"/outbox/{letter.pk}/").content.decode()


def test_once_accepted_the_user_has_an_account(desk: Desk, browse: Browse) -> None:
    bo = desk.person["bo"]
    _, secret = invitations.invite(
        organisation=desk.acme, email=bo.email, name="", rights=invitations.Rights("x"), by=None, at=desk.now
    )
    invitations.accept(secret=secret, at=desk.now)
    assert "Has an account and is not signed in." in pages.text(browse("ida").get(of_bo(desk)))
