"""Whose desk this is, for screens that belong to no ticket: the name of the brand, or the one in the agreement."""

from __future__ import annotations

from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.mail.letters import vendor_of
from mainstay.orgs.worn import worn


def vendor_name() -> str:
    """Return the name of the brand, or else the vendor's as the standard agreement has it, or the product's own."""
    branded = worn().name
    if branded:
        return branded
    try:
        return vendor_of(contracts.terms_for(organisation=None, product=None, at=now()))
    except contracts.NoAgreement:
        return "Mainstay"
