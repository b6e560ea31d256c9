"""Pure: what an event makes of a ticket's state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mainstay.tickets import events as e

NEW, OPEN, WAITING, RESOLVED, CLOSED = "new", "open", "waiting_client", "resolved", "closed"

_ALWAYS = {
    e.WAITING_ON_CLIENT: WAITING,
    e.FIX_PROVIDED: RESOLVED,
    e.COMPLAINT_ANSWERED: RESOLVED,
    e.ACCEPTANCE_REJECTED: OPEN,
    e.SERVICE_LOST: OPEN,
    e.ACCEPTED: RESOLVED,
    e.CLOSED: CLOSED,
    e.MERGED: CLOSED,
    e.REQUESTER_REFUSED: CLOSED,
    e.REOPENED: OPEN,
    e.CLOSING_WITHDRAWN: RESOLVED,  # the only state that no clock runs in, so that taking back moves none
}
_FROM_NEW = {e.SEVERITY_ASSESSED, e.SEVERITY_PROVIDED, e.PROGRESS_UPDATED, e.ESCALATED}


def state_after(state: str, kind: str, data: Mapping[str, object]) -> str:
    """Return the state of a ticket in `state` once an event of `kind` with `data` has happened.

    A client's reply takes a waiting ticket back to open; a resolved one stays resolved, because a late 'thanks' must
    not undo it: whether the fix was rejected is for a person to say.
    """
    if kind == e.MERGED and "into" not in data:
        return state  # this is the ticket that goes on
    if kind == e.RELEASED:
        return RESOLVED if data.get("includes_fix") else state
    if kind in _ALWAYS:
        return _ALWAYS[kind]
    if state == WAITING and (kind == e.CLIENT_REPLIED or (kind == e.QUESTION_WITHDRAWN and data.get("last"))):
        return OPEN
    taken_up = kind in _FROM_NEW or (kind == e.ASSIGNED and data.get("assignee") is not None)
    if state == NEW and taken_up:
        return OPEN
    return state


def state_of(history: Iterable[tuple[str, Mapping[str, object]]]) -> str:
    """Return the state that a whole history leads to: what `mainstay verify` holds the stored one against."""
    state = NEW
    for kind, data in history:
        state = state_after(state, kind, data)
    return state
