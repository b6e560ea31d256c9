"""The list of requests, the same as a file, and making a new one."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mainstay.clocks import requests as listed
from mainstay.clocks.requests import COPIED, EVERYBODY, MINE, STANDINGS, Wanted
from mainstay.contracts import queries as contracts
from mainstay.contracts.models import Product
from mainstay.core.terms import Terms
from mainstay.knowledge import queries as knowledge
from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.mail import requests as making
from mainstay.orgs.models import Organisation
from mainstay.portal import nonces
from mainstay.portal.access import RAISES, SEES_ALL, door, me, standing
from mainstay.portal.forms.requests import ListForm, NewRequestForm
from mainstay.portal.presenters import agreement as promised
from mainstay.portal.presenters import drafts
from mainstay.portal.presenters import requests as presenters
from mainstay.portal.render import fragment, page
from mainstay.screens.uploads import LARGEST_FILES, MOST_FILES, attachments
from mainstay.screens.zones import desk_zone
from mainstay.tickets import shown
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.writing import unsent
from mainstay.writing.models import Unsent

NEW = "new"  # the form of a new request, as its draft is kept


@door("GET")
def requests(request: HttpRequest) -> HttpResponse:
    """Show one's own requests, or one's organisation's, by what they wait for."""
    at, person = now(), me(request)
    form, wanted = _asked(request)
    found = listed.page(person, wanted, at=at)
    counts = listed.counts(person, wanted, at=at)
    zone = desk_zone()
    context = {
        "lines": [presenters.line(one, zone, at=at) for one in found.lines],
        "tabs": [
            (key, _tab(key), counts[key], _address(request, standing=key), key == wanted.standing) for key in STANDINGS
        ],
        "form": form,
        "wanted": wanted,
        "wide": (wide := standing(request).may(SEES_ALL)),
        "whose": [
            (key, label, _address(request, whose=key), key == wanted.whose)
            for key, label in _whose(wide, bool(counts[COPIED]) or wanted.whose == COPIED)
        ],
        "narrowed": _narrowed(wanted),
        "next": _address(request, after=found.after) if found.after else "",
        "previous": _address(request, before=found.before) if found.before else "",
        "file": f"{reverse('portal:requests_file')}?{request.GET.urlencode()}",
        "everything": f"?{urlencode({'standing': wanted.standing, 'whose': wanted.whose})}",
        "several": len(standing(request).organisations()) > 1,
        "may_raise": standing(request).may(RAISES),
    }
    return page(request, "portal/requests/list.html", context, current="requests")


@door("GET")
def requests_file(request: HttpRequest) -> HttpResponse:
    """Hand out what the list shows, all pages of it, for a spreadsheet."""
    at = now()
    _form, wanted = _asked(request)
    written = io.StringIO()
    rows = presenters.sheet(listed.everything(me(request), wanted, at=at), desk_zone(), at=at)
    csv.writer(written).writerows(rows)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="requests-{at:%Y-%m-%d}.csv"'
    return response


def _asked(request: HttpRequest) -> tuple[ListForm, Wanted]:
    """Return what narrows the list. It begins with everything that the person may see."""
    person, said = me(request), request.GET
    choices = listed.choices(person, at=now())
    form = ListForm(said, choices, severities_of(standing(request).organisations()))
    whose = said.get("whose", "")
    return form, form.wanted(
        standing=said["standing"] if said.get("standing") in STANDINGS else "open",
        whose=whose if whose in (MINE, COPIED) else EVERYBODY,
        zone=desk_zone(),
        after=said.get("after", ""),
        before=said.get("before", ""),
    )


def severities_of(organisations: tuple[Organisation, ...]) -> list[tuple[str, str]]:
    """Return the severities that the agreements of these organisations have, each once, with their names."""
    found: dict[str, str] = {}
    for one in organisations:
        for severity in terms_of(one, None).severities:
            found.setdefault(str(severity.level), f"{severity.level}, {severity.name}")
    return sorted(found.items())


def terms_of(organisation: Organisation, product: Product | None) -> Terms:
    """Return the terms in force now for an organisation and a product."""
    return contracts.load(contracts.terms_for(organisation=organisation, product=product, at=now()))


def _tab(key: str) -> str:
    return {"open": _("Open"), "yours": _("Waiting for you"), "closed": _("Closed"), "all": _("All")}[key]


def _whose(wide: bool, copied: bool) -> list[tuple[str, str]]:
    """Return by whom the list can be narrowed; nothing for somebody who has only what they asked for themselves."""
    everybody = (EVERYBODY, _("My organisation's") if wide else _("All that I see"))
    in_copy = [(COPIED, _("I am copied in"))] if copied else []
    return [(MINE, _("Mine")), *in_copy, everybody] if wide or copied else []


def _narrowed(wanted: Wanted) -> bool:
    exact = (wanted.product, wanted.organisation, wanted.requester, wanted.severity)
    return any((wanted.text, *exact, wanted.since, wanted.until))


def _address(request: HttpRequest, **changed: str) -> str:
    """Return this address with something changed; where that is no step in the pages, it leads to the first page."""
    said = {key: request.GET[key] for key in request.GET if request.GET[key] and key not in ("after", "before")}
    return f"?{urlencode({**said, **changed})}"


@door("GET", "POST", right=RAISES)
def new_request(request: HttpRequest) -> HttpResponseBase:
    """Make a request: the same ticket as by mail, with its reference at once."""
    at, person = now(), me(request)
    organisations = standing(request).organisations(RAISES)
    about = about_in(request)
    draft = unsent.of(person, about).get(NEW)
    form = _form(request, organisations, about, draft)
    looks = "look" in request.POST  # asked what is promised, without a script
    if request.method == "POST" and not looks and form.is_valid():
        said = form.cleaned_data
        try:
            made, fresh = making.make(
                by=person, organisation=said["organisation"], product=said["product"], subject=said["subject"],
                text=form.whole_text(), urgency=said["urgency"], impact=said["impact"],
                files=attachments(said["attached"]), about=about, key=nonces.kept(request), at=at,
            )  # fmt: skip
        except CannotDo as error:
            form.add_error(None, spoken(error))
        else:
            unsent.drop(by=person, ticket=about, form=NEW)
            if fresh:
                told = _("We have your request. Its reference is %(reference)s.") % {"reference": made.reference}
                messages.success(request, told)
            return redirect("portal:request", made.reference)
    context = {
        "form": form,
        "key": nonces.shown(request),
        "about": about,
        "kept": drafts.kept(draft, desk_zone(), at=at) if draft else None,
        "one": organisations[0] if len(organisations) == 1 else None,
        "most": MOST_FILES,
        "largest": LARGEST_FILES,
        **_promise(request, organisations, at=at),
    }
    status = 422 if form.is_bound and not looks and form.errors else 200
    return page(request, "portal/requests/new.html", context, current="new_request", status=status)


@door("GET", right=RAISES)
def promise_for(request: HttpRequest) -> HttpResponse:
    """Say what the agreement makes of an urgency and an impact, while somebody chooses them."""
    organisations = standing(request).organisations(RAISES)
    return fragment(request, "portal/requests/promise.html", _promise(request, organisations, at=now()))


@door("GET", right=RAISES)
def similar(request: HttpRequest) -> HttpResponse:
    """Offer known issues and articles that are like what is being typed, only those that the person may see."""
    organisations = standing(request).organisations(RAISES)
    subject, product = request.GET.get("subject", "")[:200], _product_in(request.GET.get("product", ""), organisations)
    found = knowledge.suggestions(me(request), subject, at=now(), product=product)
    return fragment(request, "portal/requests/similar.html", {"found": presenters.offered(found)})


def _form(
    request: HttpRequest, organisations: tuple[Organisation, ...], about: Ticket | None, draft: Unsent | None
) -> NewRequestForm:
    """Return the form with what was sent, or else with what an address, a draft or an earlier request says."""
    options: dict[str, Any] = {"organisations": organisations, "products": _products(organisations)}
    if request.method == "POST" and "look" in request.POST:
        return NewRequestForm(initial=request.POST.dict(), **options)
    if request.method == "POST":
        return NewRequestForm(request.POST, request.FILES, **options)
    initial: dict[str, Any] = {key: request.GET[key] for key in ("subject", "text") if request.GET.get(key)}
    if not initial and draft is not None:
        initial = draft.said
    elif about is not None:
        initial = {"subject": about.subject, "product": about.product_id, "organisation": about.organisation_id}
    return NewRequestForm(initial=initial, **options)


def _products(organisations: tuple[Organisation, ...]) -> list[Product]:
    """Return the products of the contracts in force; where these name none, all that there are."""
    at = now()
    found = {
        line.product_id: line.product
        for one in organisations
        for contract in contracts.in_force(one, at=at)
        for line in contract.products.all()
    }
    return list(found.values()) or list(Product.objects.order_by("name", "pk"))


def _promise(request: HttpRequest, organisations: tuple[Organisation, ...], *, at: datetime) -> dict[str, Any]:
    """Return what is promised for the organisation, product, urgency and impact in an address or a form."""
    said = request.POST if request.method == "POST" else request.GET
    by_key = {str(one.pk): one for one in organisations}
    organisation = by_key.get(said.get("organisation", ""), organisations[0])
    terms = terms_of(organisation, _product_in(said.get("product", ""), organisations))
    urgency, impact = said.get("urgency", ""), said.get("impact", "")
    return {
        "levels": promised.levels(terms),
        "usual": promised.usual_hours(terms),
        "chosen": promised.assessment(terms, urgency, impact, at=at) if urgency and impact else None,
    }


def _product_in(said: str, organisations: tuple[Organisation, ...]) -> Product | None:
    """Return the product of that number among those that the form offers."""
    return next((one for one in _products(organisations) if str(one.pk) == said), None)


def about_in(request: HttpRequest) -> Ticket | None:
    """Return the earlier request that this one is about, if the person may see it."""
    reference = request.POST.get("about") or request.GET.get("about", "")
    if not reference:
        return None
    try:
        return shown.ticket_of(reference, person=me(request), at=now())
    except TicketNotFound:
        return None
