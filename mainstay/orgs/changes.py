"""The history of what was set up: one row for each change, and how it reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mainstay.core.saying import marked
from mainstay.orgs.models import Change, Organisation, Person

AND, NONE = " and ", marked("may not raise requests")
RIGHTS = {
    "may_raise": marked("raises requests"),
    "sees_all": marked("sees all requests"),
    "administrates": marked("administrates"),
}
_WORDS = {
    "client_added": marked("added the client"),
    "client_changed": marked("changed the client: %(what)s"),
    "user_authorised": marked("authorised %(person)s as %(role)s: %(rights)s"),
    "user_changed": marked("changed what %(person)s may do, from %(before)s to %(role)s: %(rights)s"),
    "user_renamed": marked("corrected the name of %(person)s"),
    "user_ended": marked("ended the authority of %(person)s"),
    "user_invited": marked("invited somebody as %(role)s: %(rights)s"),
    "invitation_repeated": marked("sent the invitation as %(role)s again"),
    "invitation_withdrawn": marked("withdrew the invitation as %(role)s"),
    "invitation_accepted": marked("accepted the invitation as %(role)s"),
    "one_session_asked": marked("asked for one live session per person"),
    "one_session_dropped": marked("allowed several live sessions per person again"),
    "address_added": marked("gave %(person)s a further address"),
    "address_removed": marked("took a further address from %(person)s"),
    "phone_changed": marked("changed the telephone number of %(person)s"),
    "out_of_hours_agreed": marked("recorded the out-of-hours number of %(document)s, from %(since)s"),
    "out_of_hours_ended": marked("ended the out-of-hours number of %(document)s: last day %(to)s"),
    "contract_signed": marked("recorded the contract %(document)s: %(coverage)s, from %(since)s"),
    "contract_ended": marked("ended the contract %(document)s: last day %(to)s"),
    "override_agreed": marked("recorded what %(document)s agrees otherwise, from %(since)s"),
    "override_ended": marked("ended what %(document)s agrees otherwise: last day %(to)s"),
    "links_only": marked("had letters carry links only, and no content"),
    "links_only_but": marked("had letters carry links only, but for: %(spared)s"),
    "links_only_ended": marked("had letters carry their words again"),
    "provider_entered": marked("let its people sign in through %(host)s"),
    "provider_only": marked("let its people sign in through %(host)s, and in no other way"),
    "provider_ended": marked("ended signing in through %(host)s"),
    "provider_forgot": marked("forgot which account %(person)s signs in with at their organisation"),
    "member_added": marked("added %(person)s to the team %(team)s"),
    "member_removed": marked("took %(person)s out of the team %(team)s"),
    "team_added": marked("added the team %(team)s"),
    "team_renamed": marked("renamed the team %(before)s to %(team)s"),
    "product_added": marked("added the product %(product)s"),
    "product_renamed": marked("renamed the product %(before)s to %(product)s"),
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
    """Return what was done, without who and when, to its reader: 'authorised Ana Okafor as Practice manager'."""
    person = change.person.name if change.person else _("somebody who has been erased")
    parts = {**change.details, "person": person}
    if "rights" in parts:
        parts["rights"] = _rights_said(parts["rights"])
    if change.kind == "user_changed":
        role, colon, rights = str(parts["before"]).rpartition(": ")
        parts["before"] = f"{role}{colon}{_rights_said(rights)}"
    return _(_WORDS[change.kind]) % parts


def _rights_said(kept: str) -> str:
    return _(" and ").join(_(one) for one in kept.split(AND))


def rights_in_words(rights: dict[str, bool]) -> str:
    """Return what an authorised user may do, in English, as it is kept: 'raises requests and sees all requests'."""
    return AND.join(said for key, said in RIGHTS.items() if rights[key]) or NONE
