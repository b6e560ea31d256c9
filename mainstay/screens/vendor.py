"""Whose desk this is, for screens that belong to no ticket: the vendor of the agreement in force."""

from __future__ import annotations

from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.mail.letters import vendor_of


def vendor_name() -> str:
    """Return the vendor's name as the standard agreement has it, the product's own while none is installed."""
    try:
        return vendor_of(contracts.terms_for(organisation=None, product=None, at=now()))
    except contracts.NoAgreement:
        return "Mainstay"
