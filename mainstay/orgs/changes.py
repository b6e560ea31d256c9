"""The history of what was set up: one row for each change, and how it reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mainstay.orgs.models import Change, Organisation, Person

RIGHTS = {
    "may_raise": "raises requests",
    "sees_all": "sees all requests",
    "administrates": "administrates",
}
_WORDS = {
    "client_added": "added the client",
    "client_changed": "changed the client: {what}",
    "user_authorised": "authorised {person} as {role}: {rights}",
    "user_changed": "changed what {person} may do, from {before} to {role}: {rights}",
    "user_renamed": "corrected the name of {person}",
    "user_ended": "ended the authority of {person}",
    "user_invited": "invited somebody as {role}: {rights}",
    "invitation_repeated": "sent the invitation as {role} again",
    "invitation_withdrawn": "withdrew the invitation as {role}",
    "invitation_accepted": "accepted the invitation as {role}",
    "one_session_asked": "asked for one live session per person",
    "one_session_dropped": "allowed several live sessions per person again",
    "address_added": "gave {person} a further address",
    "address_removed": "took a further address from {person}",
    "phone_changed": "changed the telephone number of {person}",
    "out_of_hours_agreed": "recorded the out-of-hours number of {document}, from {since}",
    "out_of_hours_ended": "ended the out-of-hours number of {document}: last day {to}",
    "contract_signed": "recorded the contract {document}: {coverage}, from {since}",
    "contract_ended": "ended the contract {document}: last day {to}",
    "override_agreed": "recorded what {document} agrees otherwise, from {since}",
    "override_ended": "ended what {document} agrees otherwise: last day {to}",
    "links_only": "had letters carry links only, and no content",
    "links_only_but": "had letters carry links only, but for: {spared}",
    "links_only_ended": "had letters carry their words again",
    "provider_entered": "let its people sign in through {host}",
    "provider_only": "let its people sign in through {host}, and in no other way",
    "provider_ended": "ended signing in through {host}",
    "provider_forgot": "forgot which account {person} signs in with at their organisation",
    "member_added": "added {person} to the team {team}",
    "member_removed": "took {person} out of the team {team}",
    "team_added": "added the team {team}",
    "team_renamed": "renamed the team {before} to {team}",
    "product_added": "added the product {product}",
    "product_renamed": "renamed the product {before} to {product}",
}


def note(
    kind: str,
    *,
    at: datetime,
    by: Person | None,
    organisation: Organisation | None = None,
    person: Person | None = None,
    **details: Any,
) -> Change:
    """Write down that something was changed, inside the transaction that changes it."""
    return Change.objects.create(
        organisation=organisation, kind=kind, person=person, details=details, by=by, at=at
    )


def words(change: Change) -> str:
    """Return what was done, without who and when: 'authorised Ana Okafor as Practice manager'."""
    person = change.person.name if change.person else "somebody who has been erased"
    return _WORDS[change.kind].format_map({**change.details, "person": person})


def rights_in_words(rights: dict[str, bool]) -> str:
    """Return what an authorised user may do: 'raises requests and sees all requests'."""
    return " and ".join(said for key, said in RIGHTS.items() if rights[key]) or "may not raise requests"
