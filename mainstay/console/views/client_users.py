"""A client's authorised users: who they are, what they may do, their addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from mainstay.console import client_forms as forms
from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.presenters import clients as presenters
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.console.views.sheets import MANAGER, Sheet, client_or_404, may_set_up, path, query, settled
from mainstay.lib import telephone
from mainstay.lib.time import now
from mainstay.mail import invitations as letters
from mainstay.orgs import access, invitations
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Address, Change, Membership, Organisation
from mainstay.screens.invitation_lines import invitation_lines
from mainstay.screens.zones import desk_zone

PAGE = 50
HISTORY = 30


@door("GET")
def users(request: HttpRequest, client: str) -> HttpResponseBase:
    """Show all authorised users of a client, those whose authority has ended too if they are asked for."""
    at, organisation = now(), client_or_404(client)
    ended, text = request.GET.get("ended") == "yes", request.GET.get("text", "").replace("\x00", "")[:200]
    found = _ended(organisation, at) if ended else users_of(organisation, at)
    for word in text.split()[:8]:
        found = found.filter(
            Q(person__name__icontains=word) | Q(person__email__icontains=word) | Q(role__icontains=word)
        )
    after = request.GET.get("after", "")
    if after.isdecimal():
        found = found.filter(_after(after[:18]))
    rows = list(found[: PAGE + 1])
    waiting = [] if ended or text or after else list(invitations.open_of(organisation))
    asked = {"text": text, "ended": "yes" if ended else ""}
    context = {
        "client": organisation,
        "lines": [presenters.user_line(one, desk_zone()) for one in rows[:PAGE]],
        "text": text,
        "ended": ended,
        "next": query({**asked, "after": str(rows[PAGE - 1].pk)}) if len(rows) > PAGE else "",
        "later": bool(after),
        "invitations": invitation_lines(waiting, letters.undelivered(waiting), desk_zone(), at=at),
        "may": may_set_up(request),
    }
    return page(request, "clients/users.html", context, current="clients", at=at)


@door("GET")
def user(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Show one authorised user: what they may do, their addresses, who changed what."""
    return _user(request, client_or_404(client), membership_id)


@door("GET", "POST", role=MANAGER)
def user_add(request: HttpRequest, client: str) -> HttpResponseBase:
    """Authorise somebody to raise requests for a client."""
    at, organisation = now(), client_or_404(client)
    form = forms.UserForm(request.POST or None)
    sheet = Sheet(
        "Authorise a user",
        "From now on their mail is a request of this client. Somebody whom we know already keeps the name they have.",
        "Authorise",
        path("client", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        orgs.authorise_address(organisation=organisation, at=at, by=me(request), **said)

    return settled(request, form, act, sheet, "Authorised.", at)


@door("POST", role=MANAGER)
def user_change(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Change what an authorised user is called and may do."""
    at, organisation = now(), client_or_404(client)
    membership, form = _membership_or_404(organisation, membership_id), forms.RightsForm(request.POST)

    def act(said: dict[str, Any]) -> None:
        orgs.change_authority(membership=membership, by=me(request), at=at, **said)

    if settle(request, form, act, said="Saved. It holds from now on.", at=at):
        return onward(request, path("client_user", organisation, membership_id))
    return _user(request, organisation, membership_id, rights=form)


@door("POST", role=MANAGER)
def address_add(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Give an authorised user a further address."""
    at, organisation = now(), client_or_404(client)
    membership = _membership_or_404(organisation, membership_id)
    form = forms.AddressForm(request.POST, auto_id="address_%s")

    def act(said: dict[str, Any]) -> None:
        orgs.add_address(
            person=membership.person, email=said["email"], at=at, by=me(request), organisation=organisation
        )

    if settle(request, form, act, said="Mail from that address is theirs now.", at=at):
        return onward(request, path("client_user", organisation, membership_id))
    return _user(request, organisation, membership_id, address=form)


@door("POST", role=MANAGER)
def address_remove(
    request: HttpRequest, client: str, membership_id: int, address_id: int
) -> HttpResponseBase:
    """Take a further address away."""
    at, organisation = now(), client_or_404(client)
    membership = _membership_or_404(organisation, membership_id)
    address = Address.objects.filter(pk=address_id, person=membership.person).select_related("person").first()
    if address is None:
        raise Http404("There is no such address.")

    def act(said: dict[str, Any]) -> None:
        orgs.remove_address(address=address, by=me(request), at=at, organisation=organisation)

    settle(
        request, forms.EmptyForm(request.POST), act, said="Mail from it is a stranger's from now on.", at=at
    )
    return onward(request, path("client_user", organisation, membership_id))


@door("GET", "POST", role=MANAGER)
def user_end(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Ask whether an authority shall end."""
    at, organisation = now(), client_or_404(client)
    membership = _membership_or_404(organisation, membership_id)
    form = forms.EmptyForm(request.POST if request.method == "POST" else None)
    sheet = Sheet(
        f"End the authority of {membership.person.name}",
        "From this moment their mail is a stranger's and is held for verification. "
        f"What they did for {organisation.name} stays.",
        "End the authority",
        path("client_user", organisation, membership_id),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        orgs.end_authority(membership=membership, at=at, by=me(request))

    return settled(request, form, act, sheet, "The authority has ended.", at)


def _user(
    request: HttpRequest,
    organisation: Organisation,
    membership_id: int,
    *,
    rights: forms.RightsForm | None = None,
    address: forms.AddressForm | None = None,
) -> HttpResponseBase:
    at, membership = now(), _membership_or_404(organisation, membership_id)
    person = membership.person
    said = {
        "name": person.name, "role": membership.role, "phone": telephone.shown(person.phone),
        **orgs.rights_of(membership),
    }  # fmt: skip
    history = Change.objects.filter(organisation=organisation, person=membership.person)
    context = {
        "client": organisation,
        "user": presenters.user_line(membership, desk_zone()),
        "addresses": presenters.addresses_of(membership),
        "rights": rights or forms.RightsForm(initial=said),
        "address": address or forms.AddressForm(auto_id="address_%s"),
        "history": [
            presenters.entry(one, desk_zone(), at=at)
            for one in history.select_related("by", "person").order_by("-id")[:HISTORY]
        ],
        "account": presenters.account_of(membership, desk_zone(), at=at),
        "nonce": sending.nonce(),
        "may": may_set_up(request) and membership.active_to is None,
    }
    status = 422 if (rights and rights.errors) or (address and address.errors) else 200
    return page(request, "clients/user.html", context, current="clients", status=status, at=at)


def users_of(organisation: Organisation, at: datetime) -> QuerySet[Membership]:
    found = access.active_memberships(at).filter(organisation=organisation)
    return _with_people(found).order_by("person__name", "pk")


def _ended(organisation: Organisation, at: datetime) -> QuerySet[Membership]:
    found = Membership.objects.filter(organisation=organisation, active_to__lte=at)
    return _with_people(found).order_by("person__name", "pk")


def _with_people(found: QuerySet[Membership]) -> QuerySet[Membership]:
    return found.select_related("person", "granted_by").prefetch_related("person__addresses")


def _after(membership_id: str) -> Q:
    """Return the rows after that membership in the order of names, the key last."""
    place = Membership.objects.filter(pk=membership_id).values_list("person__name", "pk").first()
    name, key = place or ("", 0)
    return Q(person__name__gt=name) | Q(person__name=name, pk__gt=key)


def _membership_or_404(organisation: Organisation, membership_id: int) -> Membership:
    found = (
        Membership.objects.filter(pk=membership_id, organisation=organisation)
        .select_related("person", "organisation", "granted_by")
        .prefetch_related("person__addresses")
        .first()
    )
    if found is None:
        raise Http404("There is no such user.")
    return found
