"""The form of one filter, and the choice of columns: each in a dialog, or on a page where there are no scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict

from mainstay.clocks.filters import field_of
from mainstay.console import columns, sending
from mainstay.console.access import door, me
from mainstay.console.places import Question, address
from mainstay.console.presenters import filters as presenters
from mainstay.console.render import fragment, page
from mainstay.console.views.lists import columns_of, question_or_none
from mainstay.contracts import queries as contracts
from mainstay.core.terms import Terms
from mainstay.lib.time import now
from mainstay.tickets.rows.fields import Field
from mainstay.views import actions


@dataclass(frozen=True, slots=True)
class Choice:
    """One column in the form: whether it is shown, and whether it can go further up or down."""

    key: str
    label: str
    chosen: bool
    always: bool
    first: bool
    last: bool


@door("GET")
def filter_form(request: HttpRequest, key: str, field: str) -> HttpResponseBase:
    """Show the form of one filter as it is set."""
    asked = question_or_404(request, key)
    if field == presenters.OWN:
        own = {"choices": presenters.own_choices(asked)}
        return shown(request, "tickets/own_filters.html", own, asked, title="A field of our own")
    if field_of(field) is None:
        raise Http404("There is no such filter.")
    try:
        editor = presenters.editor(asked, field, terms=_terms())
    except Field.DoesNotExist:
        raise Http404("There is no such field.") from None
    return shown(request, "tickets/filter.html", {"editor": editor}, asked, title=editor.label)


@door("GET", "POST")
def choose_columns(request: HttpRequest, key: str) -> HttpResponseBase:
    """Choose and order the columns of a view, for whoever asks."""
    asked = question_or_404(request, key)
    own = columns.own()
    keys = [column.key for column in columns_of(request, asked)]
    if request.method == "POST":
        do = request.POST.get("do", "keep")
        said = request.POST.getlist("column")
        keys = [one for one in keys if one in said] + [one for one in said if one not in keys]
        keys = [column.key for column in columns.chosen(keys, own)]
        if do in ("keep", "usual"):
            wanted = [] if do == "usual" or tuple(keys) == columns.USUAL else keys
            saved = asked.place.saved
            if saved and saved.columns and not wanted and do != "usual":
                wanted = keys  # the usual ones, where the view was saved with others
            actions.choose_columns(person=me(request), view=asked.place.key, columns=wanted)
            messages.success(request, "The columns are as you chose them.")
            return sending.done(request, address(asked.place, asked.wanted))
        way, _, moving = do.partition(":")
        keys = columns.moved(keys, moving, up=way == "up")
    context = {
        "place": asked.place,
        "choices": _choices(keys, own),
        "action": address(asked.place, asked.wanted, "columns"),
    }
    return shown(request, "tickets/columns.html", context, asked, title="Choose columns")


def question_or_404(request: HttpRequest, key: str, said: QueryDict | None = None) -> Question:
    """Return what the address (or `said`) asks. Raises 404 where there is no such view for who is asking."""
    asked = question_or_none(request, key, said)
    if asked is None:
        raise Http404("There is no such view.")
    return asked


def shown(
    request: HttpRequest, template: str, context: dict[str, Any], asked: Question, *, title: str, status: int = 200
) -> HttpResponseBase:
    """Show a form of the list in a dialog, or as a page of its own."""
    script = sending.by_script(request)
    context = {**context, "back": address(asked.place, asked.wanted), "heading": "h2" if script else "h1"}
    if script:
        return fragment(request, template, context, status=status)
    context |= {"part": template, "page_title": title}
    return page(request, "tickets/one_form.html", context, current=asked.place.key, status=status)


def _choices(keys: list[str], own: Mapping[str, columns.Column]) -> list[Choice]:
    known = {**columns.BY_KEY, **own}
    rest = [key for key in known if key not in keys]
    return [
        Choice(
            key,
            known[key].label,
            key in keys,
            key == columns.ALWAYS,
            key == keys[0],
            key == keys[-1],
        )
        for key in (*keys, *rest)
    ]


def _terms() -> Terms | None:
    """Return the desk's own terms, for the names of severities and of the ladder's levels."""
    try:
        return contracts.load(contracts.terms_for(organisation=None, product=None, at=now()))
    except contracts.NoAgreement:
        return None

