"""Who is in the demo world: staff, clients, their people and contracts. Everything is invented.

Addresses end in `.example`, which is nobody's, so that nothing could reach anybody even if it left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from mainstay.cli.demo.post import BORDER, SUPPORT
from mainstay.contracts import actions as contracts
from mainstay.contracts import queries as terms
from mainstay.contracts.models import Product
from mainstay.mail import invitations
from mainstay.mail.models import Mailbox
from mainstay.orgs import actions as orgs
from mainstay.orgs import teams as groups
from mainstay.orgs.invitations import Rights
from mainstay.orgs.models import Organisation, Person

YEAR = timedelta(days=365)
PASSWORD = "promises-are-kept"  # of everybody who can sign in; the demo prints it
MAILBOX = "the demo"  # `secret_from` of the simulated mailbox, by which it is found again

ADMINISTRATORS = ("priya.raman", "grace.adeyemi")  # at two clients; they sign in to the portal
USERS = ("tom.ashworth", "martin.pell")  # their colleagues, who sign in too
INVITED = ("nadia.brook", "Nadia Brook", "Night site manager")  # and has not accepted yet


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works the desk."""

    key: str
    name: str
    does: str
    role: str
    teams: tuple[str, ...]

    @property
    def address(self) -> str:
        return f"{self.key}@vendor.example"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a client."""

    key: str
    name: str
    role: str
    may_raise: bool = True
    sees_all: bool = False
    administrates: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A client with its contract: what was bought, on which paper, and which products are hosted for it."""

    key: str
    name: str
    domain: str
    coverage: str
    document: str
    products: Mapping[str, bool]  # key -> hosted
    contacts: tuple[Contact, ...]
    otherwise: Mapping[str, Any] | None = None  # terms agreed otherwise in writing
    otherwise_document: str = ""

    def address_of(self, contact: Contact) -> str:
        return f"{contact.key}@{self.domain}"


STAFF = (
    Colleague("ida", "Ida Flint", "first line", "support", ("support",)),
    Colleague("jon", "Jon Mbeki", "second line", "support", ("support",)),
    Colleague("tess", "Tess Okonkwo", "Technical Team", "technical", ("technical",)),
    Colleague("max", "Max Weller", "Chief Technical Officer", "manager", ("management", "cto")),
    Colleague("ada", "Ada Quill", "looks after Mainstay", "administrator", ()),
)
TEAMS = {
    "support": "Support",
    "technical": "Technical Team",
    "management": "Management",
    "cto": "Chief Technical Officer",
    "coordinator": "Service coordinator (outside)",
}
PRODUCTS = {
    "turnstile": "Turnstile, sign-in with smartcard or phone",
    "lantern": "Lantern, ward whiteboards",
    "ferry": "Ferry, documents from one system to another",
}
COORDINATOR = Contact("coordinator", "Service Coordinator", "Service coordination")
COORDINATOR_ADDRESS = "service.coordinator@national.example"

CLIENTS = (
    Client(
        "northmoor",
        "Northmoor University Hospitals NHS Trust",
        "northmoor.example",
        "24x7",
        "Order NM-2025-118",
        {"turnstile": True, "lantern": True},
        (
            Contact("priya.raman", "Priya Raman", "Service desk lead", sees_all=True, administrates=True),
            Contact("tom.ashworth", "Tom Ashworth", "Infrastructure engineer"),
            Contact("helen.cho", "Helen Cho", "Ward systems manager"),
        ),
    ),
    Client(
        "harrowfield",
        "Harrowfield Mental Health NHS Trust",
        "harrowfield.example",
        "24x7",
        "Order HF-2024-077",
        {"turnstile": True, "ferry": False},
        (
            Contact("yusuf.karim", "Yusuf Karim", "On-call systems manager", sees_all=True),
            Contact("beth.lindqvist", "Beth Lindqvist", "Clinical applications analyst"),
        ),
    ),
    Client(
        "saltmarsh",
        "Saltmarsh GP Federation",
        "saltmarsh.example",
        "core",
        "Order SM-2025-009",
        {"turnstile": True},
        (
            Contact("grace.adeyemi", "Grace Adeyemi", "Digital lead", sees_all=True, administrates=True),
            Contact("martin.pell", "Martin Pell", "Practice manager"),
        ),
    ),
    Client(
        "eskdale",
        "Eskdale Community Health NHS Trust",
        "eskdale.example",
        "core",
        "Order EC-2025-042",
        {"lantern": True, "ferry": False},
        (
            Contact("owen.griffiths", "Owen Griffiths", "IT operations manager", sees_all=True),
            Contact("siobhan.daly", "Siobhan Daly", "Clinical systems analyst"),
        ),
        otherwise={"commitment": {"response": {"targets": {"3": "2h"}}}},
        otherwise_document="Variation letter EC-2026-07",
    ),
    Client(
        "brightwater",
        "Brightwater Dental Group",
        "brightwater.example",
        "core",
        "Order BW-2026-003",
        {"ferry": False},
        (
            Contact("nadia.rossi", "Nadia Rossi", "Operations manager"),
            Contact("piet.vos", "Piet Vos", "Interim practice auditor"),
        ),
    ),
    Client(
        "acme",
        "Acme Surgery Group",
        "acme.example",
        "core",
        "Order AC-2026-011",
        {"turnstile": True, "lantern": True},
        (
            Contact("ana.okafor", "Ana Okafor", "Practice IT lead", sees_all=True),
            Contact("bo.larsen", "Bo Larsen", "Receptionist", may_raise=False),
        ),
    ),
)


def settle_in(*, at: datetime) -> None:
    """Make everybody, their teams and contracts. `at` lies long before anything else happens."""
    teams = {key: groups.add(key=key, name=name) for key, name in TEAMS.items()}
    hashed = make_password(PASSWORD)  # once, because it is made to be slow
    people = {}
    for colleague in STAFF:
        person = orgs.add_person(
            name=colleague.name, email=colleague.address, at=at, staff_role=colleague.role
        )
        person.password = hashed
        person.save(update_fields=["password"])
        people[colleague.key] = person
        for team in colleague.teams:
            teams[team].members.add(person)
    outside = orgs.add_person(name=COORDINATOR.name, email=COORDINATOR_ADDRESS, at=at)
    teams["coordinator"].members.add(outside)
    products = {key: contracts.add_product(key=key, name=name) for key, name in PRODUCTS.items()}
    for client in CLIENTS:
        _sign(client, products, by=people["max"], at=at)
    for key in (*ADMINISTRATORS, *USERS):
        client, contact = find(key)
        Person.objects.filter(email=client.address_of(contact)).update(password=hashed)


def invite(*, at: datetime) -> None:
    """Let an administrator of a client invite a colleague a little before `at`: the letter leaves on the way there."""
    client, contact = find(ADMINISTRATORS[0])
    by = Person.objects.get(email=client.address_of(contact))
    organisation = Organisation.objects.get(key=client.key)
    invitations.invite(
        organisation=organisation, email=f"{INVITED[0]}@{client.domain}", name=INVITED[1], rights=Rights(INVITED[2]),
        by=by, at=at - timedelta(hours=3),
    )  # fmt: skip


def _sign(client: Client, products: Mapping[str, Product], *, by: Person, at: datetime) -> None:
    organisation = orgs.add_organisation(name=client.name, key=client.key, domains=[client.domain], at=at)
    _authorise(client, organisation, by=by, at=at)
    contract = contracts.sign_contract(
        organisation=organisation,
        agreement=terms.default_agreement(at),
        coverage=client.coverage,
        document=client.document,
        active_from=at,
        at=at,
        products=[(products[key], hosted) for key, hosted in client.products.items()],
    )
    if client.otherwise is not None:
        contracts.agree_otherwise(
            contract=contract,
            terms=client.otherwise,
            document=client.otherwise_document,
            active_from=at,
            at=at,
            by=by,
        )


def _authorise(client: Client, organisation: Organisation, *, by: Person, at: datetime) -> None:
    for contact in client.contacts:
        person = orgs.add_person(name=contact.name, email=client.address_of(contact), at=at)
        orgs.authorise(
            person=person,
            organisation=organisation,
            role=contact.role,
            at=at,
            by=by,
            may_raise=contact.may_raise,
            sees_all=contact.sees_all,
            administrates=contact.administrates,
        )


def find(key: str) -> tuple[Client, Contact]:
    """Return a contact by the key before the @, with the client. Raises LookupError."""
    for client in CLIENTS:
        for contact in client.contacts:
            if contact.key == key:
                return client, contact
    raise LookupError(key)


def open_mailbox(*, at: datetime) -> Mailbox:
    """Make the simulated mailbox: a real row with a real cursor, paused so that nobody looks for its server."""
    return Mailbox.objects.create(
        name="Support (simulated)",
        address=SUPPORT,
        host="mail.vendor.example",
        username=SUPPORT,
        secret_from=MAILBOX,
        authserv_id=BORDER,
        paused=True,
        uidvalidity=1,
        created_at=at,
    )
