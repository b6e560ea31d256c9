"""The telephone of the demo world: numbers to ring from, a call with a promise, and one that nobody answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from mainstay.cli.demo import cast
from mainstay.contracts import out_of_hours
from mainstay.contracts.models import Contract, Coverage
from mainstay.orgs import access
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Person
from mainstay.phone import actions, call_backs
from mainstay.phone.models import Call, State

NUMBER = "01632 960{:03}"  # of the range that the regulator keeps free for stories
OUT_OF_HOURS = "For severity 1 only. Have your reference at hand."


def connect(*, at: datetime) -> None:
    """Give every contact a number, and clients with 24x7 coverage one for the night."""
    contacts = [(client, contact) for client in cast.CLIENTS for contact in client.contacts]
    for place, (client, contact) in enumerate(contacts, start=101):
        person = access.person_with_address(client.address_of(contact))
        if person is not None:
            orgs.set_phone(person=person, phone=NUMBER.format(place), at=at)
    for place, contract in enumerate(Contract.objects.filter(coverage=Coverage.FULL).order_by("pk"), start=901):
        out_of_hours.agree(
            contract=contract, number=NUMBER.format(place), words=OUT_OF_HOURS, active_from=contract.active_from, at=at
        )


def ring(*, at: datetime) -> None:
    """Let some calls lie shortly before `at`."""
    ida = Person.objects.get(email="ida@vendor.example")
    client, contact = cast.find("grace.adeyemi")
    grace = access.person_with_address(client.address_of(contact))
    began = at - timedelta(minutes=50)
    call = actions.start(by=ida, at=began, number=grace.phone if grace else "")
    actions.name_caller(call=call, person=grace, at=began)
    call_backs.promise(
        call=call, due_at=at + timedelta(minutes=40), by=ida, at=began + timedelta(minutes=3),
        text="whether the new cards work at both practices",
    )  # fmt: skip
    actions.end(call=call, at=began + timedelta(minutes=3, seconds=41))
    rang = at - timedelta(minutes=12)
    missed = Call.objects.create(
        state=State.MISSED, number="+441632960777", began_at=rang, ended_at=rang + timedelta(seconds=40),
        recorded_at=rang,
    )  # fmt: skip
    call_backs.want(call=missed, at=rang + timedelta(seconds=40))
