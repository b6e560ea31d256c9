"""`python -m bench.pages [COUNT ...]`: the pages that people live in, at growing numbers of tickets.

Server time of whole pages, through all the middleware, signed in, on the database that the environment names; beside
two pages of the same framework in the same run, with the same middleware, session and person: a bare one, whose
template says one word, and a bare list, which shows fifty tickets by Django's models in a plain table and nothing
around it. Without counts: a thousand and ten thousand, as in `make bench`. Nine tickets in ten are closed.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
os.environ.setdefault("MAINSTAY_LOG_LEVEL", "ERROR")
django.setup()

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from bench.fill import begin, fill
from bench.measure import note, said, seconds_of_each, share
from mainstay.cli import django_room
from mainstay.clocks.models import Promise
from mainstay.jobs.worker import Worker
from mainstay.lib.time import now
from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket
from mainstay.urls import urlpatterns as real

TIMES, WARM = 40, 4
BARE, BARE_LIST = "/bare", "/bare-list"
ONE_WORD = "<p>{{ name }}</p>"
TABLE = """<p>{{ name }}</p><table>{% for one in tickets %}<tr><td>{{ one.severity }}</td>
<td><a href="/tickets/{{ one.reference }}/">{{ one.subject }}</a> {{ one.requester_name }}</td>
<td>{{ one.organisation.name if one.organisation }}</td><td>{{ one.state }}</td>
<td>{{ one.assignee.name if one.assignee }}</td><td>{{ one.promise.due }}</td></tr>{% endfor %}</table>"""


@cache
def template(text: str) -> Any:
    """Return a template, compiled once, as those in files are."""
    return engines["console"].from_string(text)


def bare(request: HttpRequest) -> HttpResponse:
    """Return a page that only says whose it is."""
    return HttpResponse(template(ONE_WORD).render({"name": request.user.name}))


def bare_list(request: HttpRequest) -> HttpResponse:
    """Return the first fifty open tickets, as one writes a list on the first day."""
    found = Ticket.objects.filter(promise__is_open=True).order_by("promise__sort_at", "pk")
    tickets = found.select_related("organisation", "assignee", "promise")[:50]
    return HttpResponse(template(TABLE).render({"name": request.user.name, "tickets": tickets}))


urlpatterns = [*real, path(BARE[1:], bare), path(BARE_LIST[1:], bare_list)]


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000]
    django_room.migrated()
    at = now()
    begin(at=at)
    client = _signed_in(Person.objects.filter(staff_role="manager").order_by("pk")[0])
    print(f"database: {connection.vendor}")
    kept: dict[str, float] = {}
    for size in sizes:
        fill(size)
        open_ = Promise.objects.filter(is_open=True).count()
        print(f"\n{Ticket.objects.count()} tickets, {open_} of them open")
        acts = _acts(client, at)
        for name, act in acts.items():
            _tell(name, act, acts["bare page"], kept, size)


def _signed_in(person: Person) -> Client:
    from django.conf import settings

    settings.ROOT_URLCONF = __name__ if __name__ != "__main__" else "bench.pages"
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _acts(client: Client, at: datetime) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name; ticket pages of open tickets at random."""
    chance = random.Random(7)
    open_ = Promise.objects.filter(is_open=True).order_by("pk").values_list("ticket_id", flat=True)
    some = list(Ticket.objects.filter(pk__in=chance.sample(list(open_[:20_000]), 40)))
    worker = Worker("bench")
    worker.tick(at)

    def get(address: str) -> Callable[[], object]:
        def ask() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return ask

    def ticket() -> None:
        get(f"/tickets/{chance.choice(some).reference}/")()

    return {
        "bare page": get(BARE),
        "bare list": get(BARE_LIST),
        "list": get("/views/open/"),
        "list, severity 2": get("/views/open/?severity=2"),
        "list, of one client": get("/views/open/?organisation=client-3"),
        "list, by last change": get("/views/closed/"),
        "list, breached": get("/views/breached/"),
        "counts of the rail": get("/counts/"),
        "ticket": ticket,
        "search, two words": get("/search/?q=printer+ward"),
        "search, newest": get("/search/?q=printer&order=newest"),
        "search, narrowed": get("/search/?q=printer+is:open+sev:1"),
        "search, rare condition": get(f"/search/?q=printer+ref:{Ticket.objects.order_by('pk')[0].reference}"),
        "idle tick": lambda: worker.tick(at),
    }


def _tell(
    name: str, act: Callable[[], object], beside: Callable[[], object], kept: dict[str, float], size: int
) -> None:
    """Print median and 95th percentile, what it is of the bare page, and how that grew since the size before.

    Both take turns, so that a machine that is busy with other things slows both.
    """
    for _ in range(WARM):
        act()
    with CaptureQueriesContext(connection) as made:
        act()
    queries = len(made.captured_queries)
    pairs = [(seconds_of_each(act, times=1)[0], seconds_of_each(beside, times=1)[0]) for _ in range(TIMES)]
    costs, ratio = sorted(cost for cost, _ in pairs), statistics.median(cost / other for cost, other in pairs)
    grown = f", {ratio / kept[name]:.2f} x of the size before" if name in kept else ""
    kept[name] = ratio
    print(
        f"  {name:22} p50 {said(share(costs, 50)):>9}  p95 {said(share(costs, 95)):>9}  {queries:2} queries"
        f"  {ratio:6.2f} x of a bare page{grown}",
        flush=True,
    )
    note(f"{name}, {size} tickets", share(costs, 50))


if __name__ == "__main__":
    main()
