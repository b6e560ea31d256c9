"""Where one is in the lists: a built-in or a saved view, what its address asks beside it, and how that is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from django.http import QueryDict

from mainstay.clocks import filters, listing
from mainstay.clocks.filters import NONE, Asked, LeftOut, field_of, key_in, known
from mainstay.clocks.listing import Wanted
from mainstay.console.environment import url
from mainstay.console.rails import VIEW_NAMES
from mainstay.orgs.models import Person
from mainstay.screens.zones import desk_zone
from mainstay.views import queries
from mainstay.views.models import SavedView

Names = dict[str, dict[str, str]]
BESIDE = {"text", "sort", "after", "before", "own"}  # what an address may hold beside filters


@dataclass(frozen=True, slots=True)
class Place:
    """A view that has an address. `usual` is what it asks while the address says nothing more."""

    key: str
    label: str
    usual: Wanted
    saved: SavedView | None = None
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What an address asks at its place: with the names of the rows it speaks of, and what was left out of it."""

    place: Place
    wanted: Wanted
    names: Names
    labels: dict[str, str]  # of the desk's own fields, by key
    left_out: tuple[LeftOut, ...]

    @property
    def changed(self) -> bool:
        """Whether a saved view is asked something else than it keeps."""
        mine, kept = self.wanted, self.place.usual
        return (mine.filters, mine.text, mine.sort) != (kept.filters, kept.text, kept.sort)


def place_of(person: Person, key: str) -> Place | None:
    """Return the place called `key`, None where there is none for `person`."""
    if key in listing.VIEWS:
        usual = Wanted(view=key, sort=listing.usual_sort(key), zone=desk_zone())
        return Place(key, VIEW_NAMES[key][0], usual)
    found = re.fullmatch(r"saved-([0-9]{1,18})", key)
    view = queries.views_of(person).filter(pk=int(found[1])).first() if found else None
    if view is None:
        return None
    usual = queries.wanted_of(view, zone=desk_zone())
    return Place(key, view.name, usual, view, queries.may_change(person, view))


def question(place: Place, said: QueryDict) -> Question:
    """Read an address. What makes no sense is left out and said; filters in it replace those that a view keeps."""
    lists = {name: said.getlist(name) for name in said}
    asked, left_out = filters.read(lists)
    left_out += tuple(LeftOut("Filter", name[:80]) for name in lists if not _is_known(name))
    wanted = replace(place.usual, after=said.get("after", ""), before=said.get("before", ""))
    if place.saved is None or asked or said.get("text") or "own" in said:
        wanted = replace(wanted, filters=asked, text=said.get("text", ""))
    if sort := said.get("sort", ""):
        if sort.removeprefix("-") in listing.sorts_of(wanted.view):
            wanted = replace(wanted, sort=sort)
        else:
            left_out += (LeftOut("Sort", sort[:80]),)
    names, labels = filters.names_of(wanted.filters), filters.labels_of(wanted.filters)
    kept, unknown = _known(wanted.filters, names, labels)
    return Question(place, listing.checked(replace(wanted, filters=kept)), names, labels, left_out + unknown)


def _is_known(name: str) -> bool:
    return name in BESIDE or field_of(key_in(name)) is not None


def _known(
    asked: Iterable[Asked], names: Names, labels: dict[str, str]
) -> tuple[tuple[Asked, ...], tuple[LeftOut, ...]]:
    """Part the filters from values that name no row: a client, a person or a team that is not there."""
    kept, unknown = [], []
    for one in asked:
        field = known(one.key)
        if field.holds and one.key not in labels:
            unknown.append(LeftOut("Field", one.key))
            continue
        good = tuple(v for v in one.values if field.rows is None or v in (NONE, field.own) or v in names[one.key])
        unknown += [LeftOut(field.label, value) for value in one.values if value not in good]
        if good:
            kept.append(replace(one, values=good))
    return tuple(kept), tuple(unknown)


def address(place: Place, wanted: Wanted, route: str = "view", *args: object) -> str:
    """Return the address at which `place` asks `wanted`: only what differs from its usual, so that it can be read."""
    path = url(route, place.key, *args)
    said = pairs(place, wanted)
    return f"{path}?{urlencode(said, quote_via=quote, safe=',:@')}" if said else path


def pairs(place: Place, wanted: Wanted, *, but: str = "") -> list[tuple[str, str]]:
    """Return the parts of that address; `but` leaves one filter out, for the form that asks for it."""
    usual, said = place.usual, []
    if but or (wanted.filters, wanted.text) != (usual.filters, usual.text):
        said += [("own", "1")] if place.saved else []
        for asked in wanted.filters:
            if asked.key != but:
                whole = known(asked.key).whole
                said += [(asked.key, one) for one in (asked.values if whole else [",".join(asked.values)])]
                said += [(f"{asked.key}-is", "not")] if asked.negated else []
        said += [("text", wanted.text)] if wanted.text else []
    said += [("sort", wanted.sort)] if wanted.sort != usual.sort else []
    said += [(name, value) for name in ("after", "before") if (value := getattr(wanted, name))]
    return said


def without(wanted: Wanted, key: str) -> Wanted:
    """Return `wanted` without one filter, at its first page."""
    return replace(wanted, filters=tuple(one for one in wanted.filters if one.key != key), after="", before="")
