"""Inviting somebody to an account: who may, what a link is good for, and what accepting does (R5.1b, class C10)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from mainstay.orgs import access, actions, changes, invitations
from mainstay.orgs.invitations import InvitationOver, InvitationRefused, Rights, SignInFirst
from mainstay.orgs.models import Change, Invitation, Membership, Organisation, Person
from tests.orgs.conftest import MONDAY, Cast

LATER = MONDAY + timedelta(hours=1)
SENIOR = Rights("Practice manager", sees_all=True)


@pytest.fixture
def carrow(cast: Cast) -> Organisation:
    return actions.add_organisation(name="Carrow Trust", at=MONDAY)


def administrator(cast: Cast, organisation: Organisation | None = None) -> Person:
    """Return an administrator of Acme, or of another client."""
    home = organisation or cast.acme
    person = actions.add_person(name="Una Hale", email=f"una@{home.key}.example", at=MONDAY)
    actions.authorise(person=person, organisation=home, role="Lead", administrates=True, at=MONDAY)
    return person


def invited(cast: Cast, email: str = "dee@acme.example", **named: object) -> tuple[Invitation, str]:
    said = {"name": "Dee Wren", "rights": SENIOR, "by": cast.mara, "at": MONDAY, **named}
    return invitations.invite(organisation=cast.acme, email=email, **said)  # type: ignore[arg-type]


# ---- Who may invite whom -----------------------------------------------------------------------------------------


def test_a_manager_and_the_organisations_administrator_may_invite_and_nobody_else(
    cast: Cast, carrow: Organisation
) -> None:
    una, far = administrator(cast), administrator(cast, carrow)
    invited(cast, "one@acme.example", by=una)
    invited(cast, "two@acme.example", by=cast.mara)
    for stranger in (cast.ana, cast.ida, far):
        with pytest.raises(access.NotAllowed, match="administrator of the organisation"):
            invited(cast, "three@acme.example", by=stranger)
    assert Invitation.objects.count() == 2


def test_an_administrator_whose_authority_has_ended_invites_nobody(cast: Cast) -> None:
    una = administrator(cast)
    actions.end_authority(membership=Membership.objects.get(person=una), at=LATER)
    with pytest.raises(access.NotAllowed):
        invited(cast, by=una, at=LATER)


def test_an_address_of_the_desk_is_nobodys_authorised_user(cast: Cast) -> None:
    with pytest.raises(actions.StaffAddress, match="support desk"):
        invited(cast, "Support@vendor.example")
    assert not Invitation.objects.exists()


def test_somebody_who_joins_the_desk_meanwhile_cannot_accept(cast: Cast) -> None:
    _, secret = invited(cast)
    actions.add_person(name="Dee Wren", email="dee@acme.example", at=LATER, staff_role="support")
    with pytest.raises(actions.StaffAddress):
        invitations.accept(secret=secret, at=LATER)
    assert not Membership.objects.filter(person__email="dee@acme.example").exists()


def test_an_address_is_invited_once_at_a_time_until_that_has_expired(cast: Cast) -> None:
    invited(cast)
    with pytest.raises(InvitationRefused, match="has been invited already"):
        invited(cast, "DEE@acme.example")
    invited(cast, at=MONDAY + invitations.LASTS)
    assert Invitation.objects.filter(accepted_at=None, withdrawn_at=None).count() == 1


def test_nobody_mails_the_world_through_us(cast: Cast) -> None:
    for number in range(invitations.MOST_A_DAY):
        invited(cast, f"p{number}@acme.example")
    with pytest.raises(InvitationRefused, match="within a day"):
        invited(cast, "one-more@acme.example")
    invited(cast, "one-more@acme.example", at=MONDAY + timedelta(days=1, seconds=1))


def test_what_is_said_of_a_strangers_address_is_said_of_another_clients_too(cast: Cast, carrow: Organisation) -> None:
    """That an address is known to us elsewhere is no business of an administrator."""
    una = administrator(cast)
    cleo = actions.add_person(name="Cleo Marsh", email="cleo@carrow.example", at=MONDAY)
    actions.authorise(person=cleo, organisation=carrow, role="Lead", at=MONDAY)
    invited(cast, "nobody@carrow.example", by=una)
    invited(cast, "cleo@carrow.example", by=una)
    history = [changes.words(one) for one in Change.objects.filter(kind="user_invited")]
    assert len(set(history)) == 1
    assert "Cleo" not in history[0]


# ---- The link ----------------------------------------------------------------------------------------------------


def test_only_a_digest_of_the_link_is_kept(cast: Cast) -> None:
    invitation, secret = invited(cast)
    assert len(secret) >= 40
    assert invitation.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(Invitation.objects.values().get())


def test_looking_at_a_link_changes_nothing(cast: Cast) -> None:
    _, secret = invited(cast)
    before = Invitation.objects.values().get()
    for _ in range(3):
        invitations.opened(secret, at=LATER)
    assert Invitation.objects.values().get() == before


@pytest.mark.parametrize("wrong", ["", "x", "\x00", "A" * 500])
def test_a_wrong_link_opens_nothing(cast: Cast, wrong: str) -> None:
    invited(cast)
    with pytest.raises(InvitationOver, match="not open any more"):
        invitations.opened(wrong, at=LATER)


def test_a_link_is_good_for_a_week_to_the_moment(cast: Cast) -> None:
    _, secret = invited(cast)
    invitations.opened(secret, at=MONDAY + invitations.LASTS - timedelta(seconds=1))
    with pytest.raises(InvitationOver, match="expired"):
        invitations.accept(secret=secret, at=MONDAY + invitations.LASTS)


def test_a_link_is_accepted_once(cast: Cast) -> None:
    _, secret = invited(cast)
    invitations.accept(secret=secret, at=LATER, name="Dee Wren", password="a-long-password")
    with pytest.raises(InvitationOver, match="accepted already"):
        invitations.accept(secret=secret, at=LATER, name="Eve", password="another-password")
    assert Person.objects.get(email="dee@acme.example").check_password("a-long-password")


def test_sent_again_it_has_another_link_and_the_old_one_is_dead(cast: Cast) -> None:
    invitation, old = invited(cast)
    _, new = invitations.send_again(invitation=invitation, by=cast.mara, at=LATER)
    with pytest.raises(InvitationOver):
        invitations.opened(old, at=LATER)
    invitations.opened(new, at=MONDAY + invitations.LASTS)


def test_withdrawn_it_opens_nothing_and_stays_as_history(cast: Cast) -> None:
    invitation, secret = invited(cast)
    invitations.withdraw(invitation=invitation, by=cast.mara, at=LATER)
    with pytest.raises(InvitationOver):
        invitations.accept(secret=secret, at=LATER)
    with pytest.raises(InvitationOver, match="already"):
        invitations.send_again(invitation=invitation, by=cast.mara, at=LATER)
    row = Invitation.objects.get()
    assert (row.withdrawn_at, row.withdrawn_by) == (LATER, cast.mara)


def test_whoever_has_left_lets_nobody_in_afterwards(cast: Cast) -> None:
    """An administrator who leaves could have invited an address of their own the evening before."""
    una = administrator(cast)
    _, secret = invited(cast, "una@elsewhere.example", by=una)
    actions.end_authority(membership=Membership.objects.get(person=una), at=LATER, by=cast.mara)
    with pytest.raises(InvitationOver):
        invitations.accept(secret=secret, at=LATER)


# ---- Accepting ---------------------------------------------------------------------------------------------------


def test_somebody_new_gets_an_account_with_the_rights_they_were_invited_with(cast: Cast) -> None:
    _, secret = invited(cast)
    person = invitations.accept(secret=secret, at=LATER, name=" Dee M. Wren ", password="a-long-password")
    membership = Membership.objects.get(person=person)
    assert (person.name, membership.organisation, membership.role, membership.active_from) == (
        "Dee M. Wren", cast.acme, "Practice manager", LATER,
    )  # fmt: skip
    assert actions.rights_of(membership) == {"may_raise": True, "sees_all": True, "administrates": False}
    assert membership.granted_by == cast.mara
    assert access.has_account(person)


def test_without_a_password_there_is_an_account_that_signs_in_by_mail(cast: Cast) -> None:
    _, secret = invited(cast)
    person = invitations.accept(secret=secret, at=LATER, name="Dee Wren")
    assert not person.has_usable_password()
    assert access.has_account(person)


def test_an_authorised_user_by_mail_keeps_rights_and_history(cast: Cast) -> None:
    assert not access.has_account(cast.ana)
    before = Membership.objects.get(person=cast.ana)
    _, secret = invited(cast, "ana@acme.example", name="Somebody Else")
    person = invitations.accept(secret=secret, at=LATER, name="Ana Okafor-Hill", password="a-long-password")
    after = Membership.objects.get(person=cast.ana)
    assert person == cast.ana
    assert (after.pk, after.role, after.active_from) == (before.pk, before.role, before.active_from)
    assert actions.rights_of(after) == actions.rights_of(before)
    assert access.has_account(person)


def test_an_account_of_somebody_is_not_taken_over_by_an_invitation(cast: Cast, carrow: Organisation) -> None:
    """Cleo has an account at another client: only Cleo, signed in, accepts, and her password stays."""
    cleo = Person.objects.create_user("cleo@carrow.example", "her-own-password", name="Cleo Marsh", created_at=MONDAY)
    actions.authorise(person=cleo, organisation=carrow, role="Lead", at=MONDAY)
    _, secret = invited(cast, "cleo@carrow.example")
    for signed_in in (None, cast.ana):
        with pytest.raises(SignInFirst):
            invitations.accept(secret=secret, at=LATER, name="Eve", password="of-an-attacker", signed_in=signed_in)
    invitations.accept(secret=secret, at=LATER, name="Eve", password="of-an-attacker", signed_in=cleo)
    cleo.refresh_from_db()
    assert (cleo.name, cleo.check_password("her-own-password")) == ("Cleo Marsh", True)
    assert {one.organisation.name for one in access.authority_of(cleo, at=LATER)} == {"Acme Health", "Carrow Trust"}


def test_somebody_who_was_shut_out_is_not_let_in_by_an_invitation(cast: Cast) -> None:
    actions.set_active(person=cast.ana, active=False, by=cast.ada, at=MONDAY)
    _, secret = invited(cast, "ana@acme.example")
    with pytest.raises(InvitationOver, match="shut"):
        invitations.accept(secret=secret, at=LATER, password="a-long-password")


def test_all_of_it_is_in_the_history_without_a_name_in_it(cast: Cast) -> None:
    invitation, _ = invited(cast)
    _, secret = invitations.send_again(invitation=invitation, by=cast.mara, at=LATER)
    invitations.accept(secret=secret, at=LATER, name="Dee Wren")
    told = [changes.words(one) for one in Change.objects.filter(organisation=cast.acme).order_by("id")][-4:]
    assert told == [
        "invited somebody as Practice manager: raises requests and sees all requests",
        "sent the invitation as Practice manager again",
        "accepted the invitation as Practice manager",
        "authorised Dee Wren as Practice manager: raises requests and sees all requests",
    ]
    assert all("Dee" not in str(one.details) for one in Change.objects.all())
