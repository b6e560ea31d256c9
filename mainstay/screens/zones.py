"""The desk's own zone, for screens that belong to no contract: that of the agreement in force."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.screens.promises import zone_of


def desk_zone() -> ZoneInfo:
    """Return the zone of the standard agreement's hours, UTC while none is installed. Asks once per process."""
    try:
        return _zone(settings.AGREEMENT)
    except contracts.NoAgreement:
        return ZoneInfo("UTC")


@lru_cache(maxsize=4)
def _zone(agreement: str) -> ZoneInfo:
    return zone_of(contracts.load(contracts.terms_for(organisation=None, product=None, at=now())))
