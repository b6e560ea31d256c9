"""Setting clients up: names, hints, authorised users, what they may do, when that ends, and who changed what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from mainstay.orgs import access, actions, changes, domains, teams
from mainstay.orgs.models import Change, Membership, Organisation
from tests.orgs.conftest import MONDAY, Cast

LATER = MONDAY + timedelta(hours=1)
RIGHTS = {"may_raise": True, "sees_all": False, "administrates": False}


def told(cast: Cast) -> list[str]:
    """Return the history of Acme, oldest first: 'Mara Quist ended the authority of Ana Okafor'."""
    found = Change.objects.filter(organisation=cast.acme).select_related("by", "person").order_by("id")
    return [f"{one.by.name if one.by else 'A command'} {changes.words(one)}" for one in found]


def authorised(cast: Cast, email: str = "bo@acme.example", **named: object) -> Membership:
    said = {"name": "Bo Lind", "role": "Receptionist", "at": LATER, "by": cast.mara, **named}
    return actions.authorise_address(organisation=cast.acme, email=email, **said)


# ---- Organisations -----------------------------------------------------------------------------------------


def test_a_client_gets_a_key_from_its_name_and_a_line_of_history(cast: Cast) -> None:
    made = actions.add_organisation(name=" St. Mary's Trust ", at=MONDAY, by=cast.mara)
    assert (made.name, made.key) == ("St. Mary's Trust", "st-marys-trust")
    assert Change.objects.get(organisation=made).by == cast.mara


@pytest.mark.parametrize(("name", "key"), [("ACME health", ""), ("Another", "acme-health")])
def test_a_name_or_key_that_is_taken_is_refused_in_words(cast: Cast, name: str, key: str) -> None:
    with pytest.raises(actions.NameTaken, match=r"client called|another client's"):
        actions.add_organisation(name=name, key=key, at=MONDAY)
    assert Organisation.objects.count() == 1


def test_a_name_without_letters_that_an_address_can_hold_still_gets_a_key() -> None:
    assert actions.key_for("北京") == "client"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Acme.example", ["acme.example"]),
        ("@acme.example, ana@acme.example", ["acme.example"]),
        ("acme.example\nwest.acme.example.", ["acme.example", "west.acme.example"]),
        ("", []),
    ],
)
def test_domains_are_tidied(typed: str, kept: list[str]) -> None:
    assert domains.tidied(domains.split(typed)) == kept


@pytest.mark.parametrize("typed", ["acme", "acme..example", "-acme.example", "a b@", "acme.example/x"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(domains.BadDomain, match="what stands after the @"):
        domains.tidied(domains.split(typed))


def test_a_client_can_be_corrected_and_its_key_stays(cast: Cast) -> None:
    actions.change_organisation(
        organisation=cast.acme, name="Acme Health Group", domains=["acme.example", "group.example"],
        notes="Ring Ana first.", by=cast.mara, at=LATER,
    )  # fmt: skip
    found = Organisation.objects.get()
    assert (found.name, found.key, found.domains) == (
        "Acme Health Group", "acme-health", ["acme.example", "group.example"],
    )  # fmt: skip
    assert told(cast)[-1] == "Mara Quist changed the client: name and domains and notes"


def test_saving_what_is_there_already_is_no_change(cast: Cast) -> None:
    before = told(cast)
    actions.change_organisation(
        organisation=cast.acme, name="Acme Health", domains=["acme.example"], notes="", by=cast.mara, at=LATER
    )
    assert told(cast) == before


# ---- Authorised users --------------------------------------------------------------------------------------


def test_an_unknown_address_becomes_a_person_with_the_rights_given(cast: Cast) -> None:
    made = authorised(cast, sees_all=True)
    assert (made.person.name, made.role, actions.rights_of(made)) == (
        "Bo Lind", "Receptionist", {"may_raise": True, "sees_all": True, "administrates": False},
    )  # fmt: skip
    assert told(cast)[-1] == (
        "Mara Quist authorised Bo Lind as Receptionist: raises requests and sees all requests"
    )
    assert [one.organisation for one in access.authority_of(made.person, at=LATER)] == [cast.acme]


def test_somebody_known_elsewhere_keeps_the_name_they_have(cast: Cast) -> None:
    other = actions.add_organisation(name="Carrow Trust", at=MONDAY)
    made = actions.authorise_address(
        organisation=other, email="ANA@acme.example", name="A. Okafor", role="Adviser", at=LATER, by=cast.mara
    )
    assert (made.person, made.person.name) == (cast.ana, "Ana Okafor")


def test_a_colleague_cannot_be_a_clients_user(cast: Cast) -> None:
    with pytest.raises(actions.StaffAddress, match="of the desk"):
        authorised(cast, "support@vendor.example")


def test_a_change_of_rights_holds_at_once_and_its_history_says_both(cast: Cast) -> None:
    membership = Membership.objects.get(person=cast.ana)
    actions.change_authority(
        membership=membership, name="Ana Okafor-Bell", role="Manager", by=cast.mara, at=LATER,
        **{**RIGHTS, "may_raise": False},
    )  # fmt: skip
    assert access.authority_of(cast.ana, at=LATER) == []
    assert told(cast)[-2:] == [
        "Mara Quist corrected the name of Ana Okafor-Bell",
        "Mara Quist changed what Ana Okafor-Bell may do, from Service desk lead: raises requests to Manager: "
        "may not raise requests",
    ]


def test_authority_ends_at_the_moment_it_ends_and_begins_anew_by_authorising_again(cast: Cast) -> None:
    membership = Membership.objects.get(person=cast.ana)
    actions.end_authority(membership=membership, at=LATER, by=cast.mara)
    assert access.authority_of(cast.ana, at=LATER - timedelta(microseconds=1)) == [membership]
    assert access.authority_of(cast.ana, at=LATER) == []
    again = authorised(cast, "ana@acme.example", role="Adviser", at=LATER + timedelta(days=1))
    assert again.pk != membership.pk
    assert access.authority_of(cast.ana, at=LATER + timedelta(days=2)) == [again]


def test_ending_twice_keeps_the_first_end_and_says_it_once(cast: Cast) -> None:
    membership = Membership.objects.get(person=cast.ana)
    actions.end_authority(membership=membership, at=LATER, by=cast.mara)
    actions.end_authority(membership=membership, at=LATER + timedelta(days=1), by=cast.mara)
    membership.refresh_from_db()
    assert membership.active_to == LATER
    assert told(cast).count("Mara Quist ended the authority of Ana Okafor") == 1


def test_an_authority_that_has_ended_cannot_be_changed(cast: Cast) -> None:
    membership = Membership.objects.get(person=cast.ana)
    actions.end_authority(membership=membership, at=LATER)
    with pytest.raises(actions.AuthorityEnded, match="Authorise them again"):
        actions.change_authority(
            membership=membership, name="", role="Manager", by=cast.mara, at=LATER, **RIGHTS
        )


def test_a_further_address_is_theirs_until_it_is_taken_away(cast: Cast) -> None:
    address = actions.add_address(
        person=cast.ana, email="Ana@NHS.example", at=LATER, by=cast.mara, organisation=cast.acme
    )
    assert access.person_with_address("ana@nhs.example") == cast.ana
    actions.remove_address(address=address, by=cast.mara, at=LATER, organisation=cast.acme)
    assert access.person_with_address("ana@nhs.example") is None
    assert told(cast)[-2:] == [
        "Mara Quist gave Ana Okafor a further address", "Mara Quist took a further address from Ana Okafor",
    ]  # fmt: skip


@pytest.mark.parametrize("email", ["support@vendor.example", "ana@acme.example"])
def test_an_address_belongs_to_one_person_and_once(cast: Cast, email: str) -> None:
    with pytest.raises(actions.AddressTaken):
        actions.add_address(person=cast.ana, email=email, at=LATER, by=cast.mara)


def test_the_history_holds_no_name_of_a_person_so_erasing_leaves_nothing(cast: Cast) -> None:
    authorised(cast)
    details = str(list(Change.objects.values_list("details", flat=True)))
    assert "Bo" not in details
    assert "bo@acme" not in details
    change = Change.objects.order_by("id").last()
    assert change is not None
    change.person = None
    assert changes.words(change).startswith("authorised somebody who has been erased as Receptionist")


# ---- Who may -----------------------------------------------------------------------------------------------


def attempts(cast: Cast, by: object) -> dict[str, object]:
    membership = Membership.objects.get(person=cast.ana)
    said = {"by": by, "at": LATER}
    team = teams.add(key="technical", name="Technical Team")
    return {
        "add a client": lambda: actions.add_organisation(name="New Trust", **said),
        "change a client": lambda: actions.change_organisation(
            organisation=cast.acme, name="Acme", domains=[], notes="", **said
        ),
        "authorise": lambda: authorised(cast, **said),
        "change authority": lambda: actions.change_authority(
            membership=membership, name="", role="Lead", **RIGHTS, **said
        ),
        "end authority": lambda: actions.end_authority(membership=membership, **said),
        "address": lambda: actions.add_address(person=cast.ana, email="a@b.example", **said),
        "rename a team": lambda: teams.rename(team=team, name="Second line", **said),
        "add a member": lambda: teams.add_member(team=team, email="support@vendor.example", **said),
        "remove a member": lambda: teams.remove_member(team=team, person=cast.ida, **said),
    }


ATTEMPTS = ("add a client", "change a client", "authorise", "change authority", "end authority", "address")


@pytest.mark.parametrize("what", ATTEMPTS)
def test_authority_is_a_managers_matter(cast: Cast, what: str) -> None:
    with pytest.raises(access.NotAllowed, match="Manager"), transaction.atomic():
        attempts(cast, cast.ida)[what]()
    assert attempts(cast, cast.mara)[what]() is not access


@pytest.mark.parametrize("what", ["rename a team", "add a member", "remove a member"])
def test_teams_are_an_administrators_matter(cast: Cast, what: str) -> None:
    with pytest.raises(access.NotAllowed, match="Administrator"), transaction.atomic():
        attempts(cast, cast.mara)[what]()
    attempts(cast, cast.ada)[what]()


# ---- Teams -------------------------------------------------------------------------------------------------


def test_somebody_outside_the_vendor_can_stand_on_the_ladder_without_any_right(cast: Cast) -> None:
    """Clause 3.5: the service coordinator of NHS Digital is told of a breach, and works no desk."""
    team = teams.add(key="coordinator", name="NHS Digital service coordinator", by=cast.ada, at=MONDAY)
    nia = teams.add_member(
        team=team, email="nia@coordinator.example", name="Nia Bell", by=cast.ada, at=LATER
    )
    teams.add_member(team=team, email="nia@coordinator.example", by=cast.ada, at=LATER)
    assert list(team.members.all()) == [nia]
    assert not access.works_the_desk(nia)
    assert access.authority_of(nia, at=LATER) == []
    teams.remove_member(team=team, person=nia, by=cast.ada, at=LATER)
    teams.remove_member(team=team, person=nia, by=cast.ada, at=LATER)
    kinds = list(Change.objects.filter(organisation=None).order_by("id").values_list("kind", flat=True))
    assert kinds == ["team_added", "member_added", "member_removed"]


def test_a_team_keeps_its_key_when_it_is_renamed(cast: Cast) -> None:
    team = teams.add(key="technical", name="Technical Team")
    teams.rename(team=team, name="Second line", by=cast.ada, at=LATER)
    team.refresh_from_db()
    assert (team.key, team.name) == ("technical", "Second line")
