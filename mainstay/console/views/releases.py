"""Releases in the console: listed, planned, moved, shipped, withdrawn, each with what it would do before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.looking import look_first
from mainstay.console.presenters import releases as presenters
from mainstay.console.release_forms import DescribeForm, MoveForm, PlanForm, ShipForm, WithdrawForm
from mainstay.console.render import page
from mainstay.console.settling import onward
from mainstay.contracts.models import Product
from mainstay.lib import keyset
from mainstay.lib.time import now
from mainstay.mail.telling import progress
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.releases import actions, foresight, queries, rounds
from mainstay.releases.dates import Plan
from mainstay.releases.foresight import Foreseen
from mainstay.releases.models import Hearing, Kind, Release, Round, Stage
from mainstay.screens.zones import desk_zone

MANAGER = StaffRole.MANAGER
"""Who plans and ships. Everybody at the desk may look, and choose a release for a ticket (`release_card`)."""
PAGE = 50


@door("GET")
def release_list(request: HttpRequest) -> HttpResponseBase:
    """Show the releases, the latest day first, and the products whose requests wait although none is planned."""
    at = now()
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:40] for name in ("product", "kind", "stage")}
    found, said = queries.releases(me(request), at=at, **asked), {name: value for name, value in asked.items() if value}
    sheet = keyset.page(
        found, keyset.order_of(queries.BY_DAY), size=PAGE, after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "lines": [presenters.release_line(one, today=_today(at)) for one in sheet.rows],
        "next": f"?{urlencode(said | {'after': sheet.after})}" if sheet.after else "",
        "previous": f"?{urlencode(said | {'before': sheet.before})}" if sheet.before else "",
        "narrowed": bool(said),
        "filters": _filters(asked),
        "unplanned": queries.unplanned(),
        "may": at_least(me(request), MANAGER),
    }
    return page(request, "releases/list.html", context, current="releases", at=at)


def _filters(asked: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    products = Product.objects.order_by("name", "pk").values_list("key", "name")
    fixed = [("kind", "Kind", Kind.choices), ("stage", "State", Stage.choices)]
    choices = [("product", "Product", list(products)), *fixed]
    return [
        (name, label, [(str(value), str(words), value == asked[name]) for value, words in values])
        for name, label, values in choices
    ]


@door("GET")
def release(request: HttpRequest, release_id: int) -> HttpResponseBase:
    """Show one release: its days with their history, its notes, the requests in it, and who was told."""
    at, zone, found = now(), desk_zone(), _release_or_404(request, release_id)
    asked = request.GET.get("told", "")
    told = queries.rounds_of(found)
    shown = next((one for one in told if str(one.pk) == asked), None)
    places = list(queries.places_in(found, me(request), at=at)[: presenters.MOST + 1])
    context = {
        "release": found,
        "line": presenters.release_line(found, today=_today(at)),
        "clients": [one.name for one in found.organisations.order_by("name", "pk")],
        "places": [presenters.place_line(one) for one in places[: presenters.MOST]],
        "more": len(places) > presenters.MOST,
        "history": [presenters.round_line(one, progress(one.hearings.all()), zone, at=at) for one in told],
        "shown": shown,
        "told": [presenters.told_line(one, zone, at=at) for one in _told_in(shown)],
        "may": at_least(me(request), MANAGER),
        "planned": found.stage == Stage.PLANNED,
    }
    return page(request, "releases/release.html", context, current="releases", at=at)


def _told_in(shown: Round | None) -> Iterable[Hearing]:
    """Return who was to be told in a round, those whose letter was taken back too."""
    if shown is None:
        return ()
    return queries.hearings_of(shown).exclude(outcome="silent", letter=None)[: presenters.MOST]


@door("GET", "POST", role=MANAGER)
def release_add(request: HttpRequest) -> HttpResponseBase:
    """Plan a release; first show which requests take it."""
    at, made = now(), []
    form = PlanForm(request.POST or None, initial={"kind": Kind.MINOR, "product": request.GET.get("product", "")[:18]})

    def act(said: dict[str, Any]) -> None:
        made.append(actions.plan(by=me(request), at=at, **said))

    def foreseen(said: dict[str, Any]) -> list[Foreseen]:
        clients = frozenset(one.pk for one in said["organisations"])
        plan = Plan(foresight.NEW, said["planned_on"], foresight.is_software(said["kind"]), clients)
        return foresight.of_planning(said["product"].pk, f"{said['product'].name} {said['name']}", plan)

    def href() -> str:
        return reverse("console:release", args=[made[0].pk])

    words = _Words("Plan a release", "Plan it", "Planned.", reverse("console:releases"))
    return _asked_first(request, form, act, foreseen, words, href, at)


@door("GET", "POST", role=MANAGER)
def release_move(request: HttpRequest, release_id: int) -> HttpResponseBase:
    """Give a release another day; first show whose day that moves."""
    at, found = now(), _planned_or_404(request, release_id)
    form = MoveForm(request.POST or None, initial={"planned_on": found.planned_on})
    here = reverse("console:release", args=[release_id])
    words = _Words(f"Move {found}", "Move it and tell them", "Moved. Whoever waits for it is told.", here)
    return _asked_first(
        request, form, lambda said: actions.move(release=found, by=me(request), at=at, **said),
        lambda said: foresight.of_moving(found, said["planned_on"]), words, lambda: here, at,
    )  # fmt: skip


@door("GET", "POST", role=MANAGER)
def release_ship(request: HttpRequest, release_id: int) -> HttpResponseBase:
    """Say that a release is out; first show who is solved, and who was left out."""
    at, found = now(), _planned_or_404(request, release_id)
    form = ShipForm(request.POST or None, release=found)

    def left_out(said: dict[str, Any]) -> set[int]:
        others = found.places.filter(ended_at=None).exclude(ticket__in=said["included"])
        return set(others.values_list("ticket", flat=True))

    here = reverse("console:release", args=[release_id])
    words = _Words(f"Ship {found}", "It is out: resolve and tell them", "Shipped. Whoever waited is told.", here)
    return _asked_first(
        request, form, lambda said: actions.ship(release=found, by=me(request), at=at, left_out=left_out(said)),
        lambda said: foresight.of_shipping(found, left_out(said)), words, lambda: here, at,
    )  # fmt: skip


@door("GET", "POST", role=MANAGER)
def release_withdraw(request: HttpRequest, release_id: int) -> HttpResponseBase:
    """Take a planned release away; first show where its requests go."""
    at, found = now(), _planned_or_404(request, release_id)
    here = reverse("console:release", args=[release_id])
    words = _Words(
        f"Withdraw {found}", "Withdraw it and tell them", "Withdrawn. Whoever waited is told.", here, grave=True
    )
    return _asked_first(
        request, WithdrawForm(request.POST or None),
        lambda said: actions.withdraw(release=found, by=me(request), at=at, **said),
        lambda said: foresight.of_withdrawing(found), words, lambda: here, at,
    )  # fmt: skip


@door("GET", "POST", role=MANAGER)
def release_change(request: HttpRequest, release_id: int) -> HttpResponseBase:
    """Change name, notes and which clients get it; first show whose release that changes."""
    at, found = now(), _release_or_404(request, release_id)
    initial = {"name": found.name, "notes": found.notes, "organisations": list(found.organisations.all())}
    form = DescribeForm(request.POST or None, initial=initial)

    def foreseen(said: dict[str, Any]) -> list[Foreseen]:
        planned = found.stage == Stage.PLANNED
        return foresight.of_audience(found, {one.pk for one in said["organisations"]}) if planned else []

    here = reverse("console:release", args=[release_id])
    return _asked_first(
        request, form, lambda said: actions.describe(release=found, by=me(request), at=at, **said), foreseen,
        _Words(f"Change {found}", "Save", "Saved.", here), lambda: here, at,
    )  # fmt: skip


@door("POST", role=MANAGER)
def round_again(request: HttpRequest, release_id: int, round_id: int) -> HttpResponseBase:
    """Try again to tell those with whom it failed."""
    found = _release_or_404(request, release_id)
    told = found.rounds.filter(pk=round_id).first()
    if told is None:
        raise Http404("There is no such change of this release.")
    count = rounds.try_again(told, at=now())
    messages.success(request, f"{count} will be tried again." if count else "There is nothing to try again.")
    return onward(request, reverse("console:release", args=[release_id]))


class _Words:
    """What a form that asks first says of itself."""

    def __init__(self, title: str, button: str, done: str, back: str, *, grave: bool = False) -> None:
        self.title, self.button, self.done, self.back, self.grave = title, button, done, back, grave


def _asked_first(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    foreseen: Callable[[dict[str, Any]], list[Foreseen]],
    words: _Words,
    href: Callable[[], str],
    at: datetime,
) -> HttpResponseBase:
    """Show a form, then what it would do, and do it only once that was seen."""
    look = look_first(
        request, form, act=act, said=words.done, at=at,
        show=lambda said: presenters.moves(foreseen(said), tells=said.get("tells", True)),
    )  # fmt: skip
    if look is None:
        return onward(request, href())
    moves = look.shown or []
    context = {
        "form": form,
        "words": words,
        "look": look,
        "moves": moves[: presenters.MOST],
        "more": len(moves) - presenters.MOST,
        "nonce": sending.nonce(),
    }
    status = 422 if form.errors else 200
    return page(request, "releases/form.html", context, current="releases", status=status, at=at)


def _today(at: datetime) -> Any:
    return at.astimezone(desk_zone()).date()


def _release_or_404(request: HttpRequest, release_id: int) -> Release:
    found = queries.visible_releases(me(request), at=now()).filter(pk=release_id).first()
    if found is None:
        raise Http404("There is no such release.")
    return found


def _planned_or_404(request: HttpRequest, release_id: int) -> Release:
    found = _release_or_404(request, release_id)
    if found.stage != Stage.PLANNED:
        raise Http404("This release is no longer planned.")
    return found
