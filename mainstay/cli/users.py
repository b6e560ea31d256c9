"""`mainstay user`: the first administrator, and a way back in."""

from __future__ import annotations

import secrets
import sys

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused
from mainstay.lib.time import now

app = typer.Typer(no_args_is_help=True, help="Add staff, list them, set a password.")


@app.command("add")
def add(
    email: str,
    name: str = typer.Option("", help="Their name; default is the address."),
    administrator: bool = typer.Option(False, help="May do everything."),
    role: str = typer.Option("support", help="support, technical, manager or administrator."),
    password_stdin: bool = typer.Option(False, help="Read the password from standard input."),
) -> None:
    """Add a member of staff. Without --password-stdin a password is made and printed once."""
    django_room.migrated()
    from mainstay.orgs import actions
    from mainstay.orgs.models import StaffRole

    role = StaffRole.ADMINISTRATOR if administrator else role
    if role not in StaffRole.values:
        raise Refused(f"{role!r} is no role; take {', '.join(StaffRole.values)}")
    _check_address(email)
    password = _password(password_stdin)
    try:
        person = actions.add_person(name=name or email, email=email, at=now(), staff_role=role)
    except actions.AddressTaken as taken:
        raise Refused(str(taken)) from taken
    person.set_password(password)
    person.save(update_fields=["password"])
    print(f"Added {person.email} ({role})." + ("" if password_stdin else f" Password: {password}"))


@app.command("password")
def set_password(email: str, password_stdin: bool = typer.Option(False)) -> None:
    """Set a new password for a person and print it once; their sessions end."""
    django_room.prepared()
    from mainstay.orgs import access

    person = access.person_with_address(email)
    if person is None:
        raise Refused(f"nobody has the address {email}")
    password = _password(password_stdin)
    person.set_password(password)
    person.save(update_fields=["password"])
    print("Password set." if password_stdin else f"New password: {password}")


@app.command("list")
def listing(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the staff."""
    django_room.prepared()
    from mainstay.orgs.models import Person

    rows = [
        {"email": p.email, "name": p.name, "role": p.staff_role, "active": p.is_active}
        for p in Person.objects.exclude(staff_role="").order_by("email")
    ]
    if json:
        output.as_json(rows)
    else:
        none = "Nobody yet. Add somebody: mainstay user add ida@vendor.example --administrator"
        output.table([list(row.values()) for row in rows], head=["E-mail", "Name", "Role", "Active"], empty=none)


def _check_address(email: str) -> None:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(f"{email} is no e-mail address; write it like ida@vendor.example") from error


def _password(from_stdin: bool) -> str:
    """Return a password made here, or the one that standard input says, if it is a good one. Raises Refused."""
    if not from_stdin:
        return secrets.token_urlsafe(12)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    password = sys.stdin.readline().strip()
    try:
        validate_password(password)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    return password
