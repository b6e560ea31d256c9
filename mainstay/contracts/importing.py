"""Clients from a table: every row is checked first, every fault told with its line, and all is written or nothing.

A row names a client; with an e-mail address it authorises somebody there, with a document it signs a contract.
Repeating a file changes nothing. It never gives an authority back that somebody has ended.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from mainstay.contracts import actions as contracts
from mainstay.contracts import queries
from mainstay.contracts.models import AgreementVersion, Contract, Coverage
from mainstay.contracts.periods import begins, first_day
from mainstay.lib import telephone
from mainstay.orgs import access
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation, Person

COLUMNS = ("organisation", "name", "email", "role", "phone", "coverage", "document", "from")
NEEDED = ("organisation",)


class RowFault(NamedTuple):
    """One thing wrong: on which line of the file (from 1, the heading), in which column, what, and what to do."""

    line: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f" {self.column}:" if self.column else ""
        return f"line {self.line}:{where} {self.message}. {self.remedy}"


class Unfit(ValueError):
    """The file cannot be imported. `faults` holds everything that is wrong; nothing was written."""

    def __init__(self, faults: list[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, as far as it can be read."""

    line: int
    organisation: str
    name: str
    email: str
    role: str
    phone: str  # E.164
    coverage: str
    document: str
    begins: date | None


@dataclass(slots=True)
class Done:
    """How much was written; `unchanged` counts what was there already."""

    clients: int = 0
    users: int = 0
    contracts: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class _Book:
    """What is known while a file is checked: rows of the database by what names them, and what the file said before."""

    agreement: AgreementVersion
    zone: ZoneInfo
    said: dict[tuple[str, ...], int] = field(default_factory=dict)


def clients(text: str, *, at: datetime) -> Done:
    """Import a table of COLUMNS, written as CSV. Raises Unfit with every fault, and NoAgreement."""
    rows, faults = _rows(text)
    book = _Book(queries.default_agreement(at), queries.home_zone(at))
    with transaction.atomic():
        for row in rows:
            faults += _checked(row, book)
        if faults:
            raise Unfit(sorted(faults))
        done = Done()
        for row in rows:
            _write(row, book, done, at)
    return done


# ---- Reading -----------------------------------------------------------------------------------------------


def _rows(text: str) -> tuple[list[Row], list[RowFault]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    head = [name.strip().lower() for name in next(reader, [])]
    faults = [
        RowFault(1, name, "is no column of this table", f"The columns are {', '.join(COLUMNS)}.")
        for name in head
        if name not in COLUMNS
    ]
    faults += [
        RowFault(1, name, "is not in the heading", "Add the column.") for name in NEEDED if name not in head
    ]
    if faults:
        raise Unfit(faults)
    rows: list[Row] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows += _row(reader.line_num, head, cells, faults)
    except csv.Error as error:
        faults.append(RowFault(reader.line_num, "", f"is no CSV: {error}", "Save it as CSV once more."))
    if not rows and not faults:
        faults.append(RowFault(2, "", "there are no rows", "Write one line for each user or contract."))
    return rows, faults


def _row(line: int, head: list[str], cells: list[str], faults: list[RowFault]) -> Iterator[Row]:
    if len(cells) > len(head):
        faults.append(
            RowFault(
                line,
                "",
                f"has {len(cells)} cells, the heading {len(head)}",
                "Put text with commas in quotes.",
            )
        )
        return
    said = dict.fromkeys(COLUMNS, "") | dict(zip(head, (cell.strip() for cell in cells), strict=False))
    day = None
    if said["from"]:
        try:
            day = date.fromisoformat(said["from"])
        except ValueError:
            faults.append(
                RowFault(line, "from", f"{said['from']!r} is no day", "Write year-month-day: 2026-04-01.")
            )
            return
    try:
        phone = telephone.e164(said["phone"])
    except telephone.BadNumber as error:
        faults.append(RowFault(line, "phone", f"{said['phone']!r} is no number", str(error)))
        return
    yield Row(
        line, said["organisation"], said["name"], said["email"].lower(), said["role"], phone,
        said["coverage"].lower(), said["document"], day,
    )  # fmt: skip


# ---- Checking ----------------------------------------------------------------------------------------------


def _checked(row: Row, book: _Book) -> Iterator[RowFault]:
    if not row.organisation:
        yield RowFault(row.line, "organisation", "is empty", "Name the client.")
        return
    organisation = _organisation(row)
    if row.email or row.name or row.role or row.phone:
        yield from _user_checked(row, organisation, book)
    if row.document or row.coverage or row.begins:
        yield from _contract_checked(row, organisation, book)


def _user_checked(row: Row, organisation: Organisation | None, book: _Book) -> Iterator[RowFault]:
    for column in ("email", "name", "role"):
        if not getattr(row, column):
            yield RowFault(row.line, column, "is empty", "A user has an address, a name and a role there.")
    try:
        validate_email(row.email)
    except ValidationError:
        if row.email:
            yield RowFault(row.line, "email", f"{row.email!r} is no address", "Correct it.")
        return
    if earlier := _said_before(book, row, "name", row.email, row.name):
        yield RowFault(
            row.line, "name", f"line {earlier} calls this address otherwise", "One address is one person."
        )
    if row.phone and (earlier := _said_before(book, row, "phone", row.email, row.phone)):
        yield RowFault(row.line, "phone", f"line {earlier} gives another number", "Keep one of the two.")
    if earlier := _said_before(book, row, "role", row.email, row.organisation.lower(), row.role):
        yield RowFault(row.line, "role", f"line {earlier} gives another role there", "Keep one of the two.")
    person = access.person_with_address(row.email)
    if person is not None and person.staff_role:
        yield RowFault(
            row.line, "email", f"belongs to {person.name} of the desk", "Staff are no client's users."
        )
    if person is not None and organisation is not None and _has_ended(person, organisation):
        yield RowFault(
            row.line, "email", "this authority was ended on purpose",
            "Take the row out, or authorise again by hand: mainstay client authorise.",
        )  # fmt: skip


def _contract_checked(row: Row, organisation: Organisation | None, book: _Book) -> Iterator[RowFault]:
    for column, value in (("coverage", row.coverage), ("document", row.document), ("from", row.begins)):
        if not value:
            yield RowFault(
                row.line, column, "is empty", "A contract has a coverage, a document and a first day."
            )
    sold = queries.agreement_of(book.agreement).coverages
    if row.coverage and row.coverage not in sold:
        yield RowFault(row.line, "coverage", f"{row.coverage!r} is not sold", f"Write {' or '.join(sold)}.")
    if earlier := _said_before(
        book, row, "contract", row.organisation.lower(), row.document, f"{row.coverage} {row.begins}"
    ):
        yield RowFault(
            row.line, "document", f"line {earlier} says something else of it", "Keep one of the two."
        )
    known = _contract(row, organisation)
    if known and (known.coverage, first_day(known.active_from, book.zone)) != (row.coverage, row.begins):
        yield RowFault(
            row.line, "document",
            f"is recorded with {known.coverage} from {first_day(known.active_from, book.zone)}",
            "Contracts are not rewritten: end that one and sign another.",
        )  # fmt: skip


def _said_before(book: _Book, row: Row, what: str, *key_and_value: str) -> int | None:
    """Return the line that said something else of the same thing, None where none did."""
    *key, value = key_and_value
    earlier = book.said.setdefault((what, *key, value), row.line)
    first = book.said.setdefault((what, *key), earlier)
    return first if first != earlier else None


def _organisation(row: Row) -> Organisation | None:
    return Organisation.objects.filter(name__iexact=row.organisation).first()


def _contract(row: Row, organisation: Organisation | None) -> Contract | None:
    return (
        Contract.objects.filter(organisation=organisation, document=row.document).first()
        if organisation
        else None
    )


def _membership(person: Person | None, organisation: Organisation) -> Membership | None:
    return Membership.objects.filter(person=person, organisation=organisation, active_to=None).first()


def _has_ended(person: Person, organisation: Organisation) -> bool:
    theirs = Membership.objects.filter(person=person, organisation=organisation)
    return theirs.exists() and not theirs.filter(active_to=None).exists()


# ---- Writing -----------------------------------------------------------------------------------------------


def _write(row: Row, book: _Book, done: Done, at: datetime) -> None:
    organisation = _organisation(row)
    if organisation is None:
        organisation = orgs.add_organisation(name=row.organisation, key=_free_key(row.organisation), at=at)
        done.clients += 1
    if row.email:
        _write_user(row, organisation, done, at)
    if row.document and row.begins:
        if _contract(row, organisation):
            done.unchanged += 1
            return
        contracts.sign_contract(
            organisation=organisation, agreement=book.agreement, coverage=Coverage(row.coverage),
            document=row.document, active_from=begins(row.begins, book.zone), at=at,
        )  # fmt: skip
        done.contracts += 1


def _write_user(row: Row, organisation: Organisation, done: Done, at: datetime) -> None:
    """Authorise; somebody who is authorised already keeps their rights, and takes the role and number of the file.

    Where the file says no number, the one that is known stays.
    """
    person = access.person_with_address(row.email)
    membership = _membership(person, organisation) if person else None
    if membership and person and membership.role == row.role and row.phone in ("", person.phone):
        done.unchanged += 1
        return
    rights = {"may_raise": True, "sees_all": False, "administrates": False}
    if membership:
        rights = orgs.rights_of(membership)
    made = orgs.authorise_address(
        organisation=organisation, email=row.email, name=row.name, role=row.role, at=at,
        may_raise=rights["may_raise"], sees_all=rights["sees_all"], administrates=rights["administrates"],
    )  # fmt: skip
    if row.phone:
        orgs.set_phone(person=made.person, phone=row.phone, at=at, organisation=organisation)
    done.users += 1


def _free_key(name: str) -> str:
    """Return the key that the name gives, with a number where another client has it."""
    key, number = orgs.key_for(name), 1
    while Organisation.objects.filter(key=f"{key[:36]}-{number}" if number > 1 else key).exists():
        number += 1
    return f"{key[:36]}-{number}" if number > 1 else key
