"""Administrators of an organisation keep their people; sessions and wishes belong to each person (R5.1b)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from mainstay.orgs import access, actions, one_session, signins, wishes
from mainstay.orgs.models import Change, Membership, OneSession, Organisation, Person, SignIn
from tests.orgs.conftest import MONDAY, Cast

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def una(cast: Cast) -> Person:
    person = actions.add_person(name="Una Hale", email="una@acme.example", at=MONDAY)
    actions.authorise(person=person, organisation=cast.acme, role="Lead", administrates=True, at=MONDAY)
    return person


@pytest.fixture
def carrow(cast: Cast) -> Organisation:
    """Another client, whose administrator is Ana, who is a plain user at Acme."""
    made = actions.add_organisation(name="Carrow Trust", at=MONDAY)
    actions.authorise(person=cast.ana, organisation=made, role="Adviser", administrates=True, at=MONDAY)
    return made


def membership(person: Person, organisation: Organisation) -> Membership:
    return Membership.objects.get(person=person, organisation=organisation)


def change(row: Membership, by: Person, **named: bool) -> Membership:
    rights = {"may_raise": True, "sees_all": False, "administrates": False, **named}
    return actions.change_rights(membership=row, role="Lead", by=by, at=LATER, **rights)


# ---- Who may raise, see all, administrate ------------------------------------------------------------------------


def test_the_administrator_says_what_a_colleague_may_do(cast: Cast, una: Person) -> None:
    changed = change(membership(cast.ana, cast.acme), una, sees_all=True)
    assert (changed.sees_all, changed.granted_by) == (True, una)
    assert Change.objects.filter(kind="user_changed", by=una, person=cast.ana).exists()


def test_administrating_one_organisation_is_nothing_at_another(cast: Cast, una: Person, carrow: Organisation) -> None:
    with pytest.raises(access.NotAllowed):
        change(membership(una, cast.acme), cast.ana, may_raise=False)
    with pytest.raises(access.NotAllowed):
        actions.end_authority(membership=membership(cast.ana, carrow), at=LATER, by=una)
    with pytest.raises(access.NotAllowed):
        change(membership(cast.ana, cast.acme), cast.ana, administrates=True)


def test_the_last_administrator_stays_one_and_is_told_what_to_do(cast: Cast, una: Person) -> None:
    row = membership(una, cast.acme)
    with pytest.raises(actions.LastAdministrator, match="Make somebody else an administrator first"):
        change(row, una)
    with pytest.raises(actions.LastAdministrator):
        actions.end_authority(membership=row, at=LATER, by=una)
    change(membership(cast.ana, cast.acme), una, administrates=True)
    actions.end_authority(membership=row, at=LATER, by=una)
    assert not access.administers(una, cast.acme.pk, at=LATER)


def test_an_administrator_who_was_shut_out_does_not_count_as_another(cast: Cast, una: Person) -> None:
    change(membership(cast.ana, cast.acme), una, administrates=True)
    actions.set_active(person=cast.ana, active=False, by=cast.ada, at=LATER)
    with pytest.raises(actions.LastAdministrator):
        change(membership(una, cast.acme), una)


def test_a_manager_of_ours_may_end_the_last_one(cast: Cast, una: Person) -> None:
    actions.end_authority(membership=membership(una, cast.acme), at=LATER, by=cast.mara)
    assert not access.administers(una, cast.acme.pk, at=LATER)


def test_what_has_ended_is_not_changed(cast: Cast, una: Person) -> None:
    row = membership(cast.ana, cast.acme)
    actions.end_authority(membership=row, at=LATER, by=una)
    with pytest.raises(actions.AuthorityEnded, match="Invite them again"):
        change(row, una)


def test_a_person_corrects_their_own_name_and_each_organisation_sees_that(cast: Cast, carrow: Organisation) -> None:
    actions.describe_self(person=cast.ana, name="Ana Hill", phone="+44 20 7946 0000", at=LATER)
    cast.ana.refresh_from_db()
    assert (cast.ana.name, cast.ana.phone) == ("Ana Hill", "+442079460000")
    found = Change.objects.filter(at=LATER).order_by("id").values_list("organisation", "kind", "by")
    assert sorted(found) == sorted(
        (home.pk, kind, cast.ana.pk) for home in (cast.acme, carrow) for kind in ("user_renamed", "phone_changed")
    )


# ---- Sessions ----------------------------------------------------------------------------------------------------


def signed_in(person: Person, device: str = "Firefox on Linux") -> SignIn:
    store = SessionStore()
    store.create()
    assert store.session_key is not None
    return signins.begin(person=person, session_key=store.session_key, device=device, network="", at=MONDAY)


def opens(sign_in: SignIn) -> bool:
    return SessionStore().exists(sign_in.session_key)


def test_with_the_last_authority_every_session_ends(cast: Cast, una: Person, carrow: Organisation) -> None:
    here = signed_in(cast.ana)
    actions.end_authority(membership=membership(cast.ana, cast.acme), at=LATER, by=una)
    assert opens(here), "Ana is at Carrow still"
    actions.end_authority(membership=membership(cast.ana, carrow), at=LATER, by=cast.mara)
    assert not opens(here)


def test_where_one_session_is_wanted_the_newest_stays(cast: Cast, una: Person) -> None:
    old, new = signed_in(cast.ana), signed_in(cast.ana, "Safari on an iPhone")
    assert one_session.keep(cast.ana, this=new.pk, at=LATER) == 0
    one_session.ask(organisation=cast.acme, by=una, at=LATER)
    one_session.ask(organisation=cast.acme, by=una, at=LATER)
    assert one_session.keep(cast.ana, this=new.pk, at=LATER) == 1
    assert (opens(old), opens(new)) == (False, True)
    told = one_session.ended_for_it(old.session_key)
    assert told is not None
    assert told.pk == old.pk
    assert one_session.ended_for_it(new.session_key) is None
    assert OneSession.objects.count() == 1


def test_dropped_again_it_is_history_and_sessions_stay(cast: Cast, una: Person) -> None:
    one_session.ask(organisation=cast.acme, by=una, at=MONDAY)
    one_session.drop(organisation=cast.acme, by=una, at=LATER)
    old, new = signed_in(cast.ana), signed_in(cast.ana)
    assert one_session.keep(cast.ana, this=new.pk, at=LATER) == 0
    assert opens(old)
    row = OneSession.objects.get()
    assert (row.began_by, row.ended_by, row.ended_at) == (una, una, LATER)
    assert one_session.wanted_by(cast.acme) is None


def test_only_its_own_administrator_asks_for_one_session(cast: Cast, una: Person, carrow: Organisation) -> None:
    for act in (one_session.ask, one_session.drop):
        with pytest.raises(access.NotAllowed):
            act(organisation=carrow, by=una, at=LATER)


def test_a_session_that_ended_otherwise_is_not_told_as_that(cast: Cast) -> None:
    old = signed_in(cast.ana)
    signins.end_all(cast.ana, at=LATER, by=cast.ana)
    assert one_session.ended_for_it(old.session_key) is None
    assert one_session.ended_for_it("") is None


# ---- Wishes ------------------------------------------------------------------------------------------------------


def test_what_nobody_chose_is_the_usual(cast: Cast) -> None:
    assert wishes.of(cast.ana) == wishes.Wishes(own="all", colleagues="copied")


def test_a_wish_is_kept_and_can_be_changed(cast: Cast) -> None:
    for wants in ("act", "none"):
        wishes.choose(person=cast.ana, about="colleagues", wants=wants, at=LATER)
    wishes.choose(person=cast.ana, about="own", wants="act", at=LATER)
    assert wishes.of_all([cast.ana.pk, cast.mara.pk]) == {
        cast.ana.pk: wishes.Wishes("act", "none"), cast.mara.pk: wishes.Wishes(),
    }  # fmt: skip


@pytest.mark.parametrize(("about", "wants"), [("own", "none"), ("colleagues", "all"), ("other", "all"), ("", "")])
def test_a_wish_that_there_is_not_is_refused(cast: Cast, about: str, wants: str) -> None:
    with pytest.raises(wishes.NoSuchWish):
        wishes.choose(person=cast.ana, about=about, wants=wants, at=LATER)
