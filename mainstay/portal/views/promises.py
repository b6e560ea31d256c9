"""What we promise: everything that the contracts of somebody's organisations say, in tables that people understand."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from mainstay.contracts import queries as contracts
from mainstay.contracts.queries import is_in_force
from mainstay.lib.time import now
from mainstay.portal.access import door, standing
from mainstay.portal.presenters import agreement as presenters
from mainstay.portal.render import page


@door("GET")
def promises(request: HttpRequest) -> HttpResponse:
    """Show what is promised under each contract in force."""
    at = now()
    zone = contracts.home_zone(at)
    found = []
    for organisation in standing(request).organisations():
        for contract in contracts.in_force(organisation, at=at):
            plain = contracts.agreement_of(contract.agreement)
            found.append(
                presenters.promised(
                    contract,
                    contracts.promised(contract, at=at),
                    replace(plain, coverages={contract.coverage: plain.coverages[contract.coverage]}),
                    products=[line.product.name for line in contract.products.all()],
                    overrides=[one for one in contract.overrides.all() if is_in_force(one, at)],
                    zone=zone,
                )
            )
    return page(request, "portal/promises/promises.html", {"contracts": found}, current="promises")
