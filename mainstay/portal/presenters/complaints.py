"""By when a complaint is answered, read from the agreement that promises it (R3.10a)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from mainstay.contracts import queries as contracts
from mainstay.core.terms import Terms
from mainstay.orgs.models import Organisation
from mainstay.portal.presenters import words


def answered_within(terms: Terms) -> str:
    """Return when a complaint is answered: 'within 7 calendar days'; a promise without a time says so."""
    promised = next((one for one in terms.commitments if one.name == "complaint"), None)
    rule = promised.rules[None] if promised else None
    if rule is None or rule.target is None:
        return _("as soon as it can be looked into")
    return _("within %(time)s") % {"time": words.target(rule.target, day=rule.calendar.day)}


def answered_within_for(organisations: Iterable[Organisation], *, at: datetime) -> str:
    """Return when complaints of somebody of `organisations` are answered, where it is the same at all of them."""
    terms = (contracts.terms_for(organisation=one, product=None, at=at) for one in organisations)
    found = {answered_within(contracts.load(one)) for one in terms}
    return found.pop() if len(found) == 1 else _("within the time that your agreement promises")


def complaining(terms: Terms) -> str:
    """Return what becomes of an answer to a survey that is made a complaint."""
    told = _("A manager who had no hand in your request answers it %(within)s. Write above what went wrong.")
    return told % {"within": answered_within(terms)}
