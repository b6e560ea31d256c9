"""Who meets which door: every route of the site, everybody who may come, and what they must find.

A route of the console says who may enter by its `door`, which `test_doors.TABLE` holds; routes of other doors have their
row in `OTHERS`. To add a route, add its row there, and what its address needs to `things`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from mainstay.contracts.models import AgreementVersion, HolidayTable
from mainstay.lib import files
from mainstay.mail.models import Arrival
from mainstay.orgs import actions as orgs
from mainstay.orgs import invitations
from mainstay.orgs.models import Membership, Person, StaffRole, Team
from mainstay.outbox.models import Letter
from mainstay.phone import actions as calls
from mainstay.phone import call_backs
from mainstay.tickets.models import Attachment, Message
from tests.console.test_doors import NEEDS, SAMPLES, TABLE
from tests.desk import LONG_AGO, Desk
from tests.portal import test_doors as portal

PUBLIC, OWN, SHUT = "public", "own", "shut"  # to all; to who is signed in, about themselves; to nobody: not there
OTHERS: dict[str, str] = {
    "healthz": PUBLIC,
    "robots": PUBLIC,
    "brand_sheet": PUBLIC,
    "brand_logo": SHUT,  # to whoever guesses; there is one in `tests/portal/test_brand.py`
    "screen": SHUT,  # to whoever has no secret; with one see test_wallboard
    "screen_parts": SHUT,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC,  # says that accounts are made by an administrator
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "account_email": SHUT,
    "account_email_verification_sent": SHUT,
    "account_confirm_email": SHUT,
    "telephone_hook": SHUT,  # until a secret is set; `tests/phone` tries it then
    "shut_email": SHUT,
    "shut_confirm": SHUT,
    "account_reauthenticate": OWN,
    "account_change_password": OWN,
    "account_set_password": OWN,
    "mfa_index": OWN,
    "mfa_reauthenticate": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": OWN,
    "mfa_download_recovery_codes": OWN,
    "mfa_list_webauthn": OWN,
    "mfa_add_webauthn": OWN,
    "mfa_reauthenticate_webauthn": OWN,
    "mfa_remove_webauthn": OWN,
    "mfa_edit_webauthn": OWN,
}
# Who may come. The rank is that of `NEEDS`; nobody of a client has one, whatever they are there.
EVERYBODY = {
    "nobody": 0, "shut out": 0, "ana": 0, "ana's administrator": 0, "cleo": 0,
    "ida": 1, "tess": 1, "mara": 2, "ada": 3,
}  # fmt: skip
SIGNED_IN = set(EVERYBODY) - {"nobody", "shut out"}
# No side effects: keeping a session, counting attempts, the memo of terms by digest, allauth's copy of one's address.
BESIDE = ("django_session", "orgs_signin", "lib_cache", "contracts_termssnapshot", "account_emailaddress")


@dataclass(slots=True)
class Met:
    """What somebody found at a door, and what the database was made to write meanwhile."""

    who: str
    method: str
    name: str
    response: HttpResponseBase
    writes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.name}: {self.response.status_code}"


def routes() -> dict[str, set[str]]:
    """Return every route of the site by its name, with what its address needs."""

    def walk(patterns: list[Any], outer: frozenset[str], space: str) -> Iterator[tuple[str, set[str]]]:
        for one in patterns:
            needed = outer | set(one.pattern.converters) | set(one.pattern.regex.groupindex)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, needed, one.namespace or space)
            else:
                yield str(one.name) if space in ("", "console") else f"{space}:{one.name}", set(needed)

    return dict(walk(get_resolver().url_patterns, frozenset(), ""))


def everybody(desk: Desk) -> None:
    """Let come who is missing in the cast."""
    tess = orgs.add_person(
        name="Tess Dunn", email="tess@vendor.example", at=LONG_AGO, staff_role=StaffRole.TECHNICAL
    )
    gone = orgs.add_person(
        name="Gil Gone", email="gil@vendor.example", at=LONG_AGO, staff_role=StaffRole.ADMINISTRATOR
    )
    head = orgs.add_person(name="Hal Head", email="hal@acme.example", at=LONG_AGO)
    orgs.authorise(
        person=head, organisation=desk.acme, role="Head of IT", at=LONG_AGO, sees_all=True, administrates=True
    )
    desk.person |= {"tess": tess, "shut out": gone, "ana's administrator": head}


def things(desk: Desk) -> dict[str, Any]:
    """Return what the addresses point to: things of client A that exist, so that no refusal is a mere 'not found'."""
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 2)
    desk.advance(seconds=30)
    message = Message.objects.filter(ticket=ticket).earliest("pk")
    digest = files.put(b"a file")
    attachment = Attachment.objects.create(
        message=message, name="log.txt", content_type="text/plain", size=6, digest=digest
    )
    bo = Membership.objects.get(person=desk.person["bo"])
    invitation, _ = invitations.invite(
        organisation=desk.acme, email="new@acme.example", name="New", rights=invitations.Rights("Clerk"), by=None,
        at=desk.now,
    )  # fmt: skip
    call = calls.start(by=desk.person["jon"], at=desk.now, number="01632 960123")
    back = call_backs.promise(
        call=call, due_at=desk.now + timedelta(hours=1), by=desk.person["jon"], at=desk.now, number=""
    )
    return portal.SAMPLES | SAMPLES | {
        "reference": ticket.reference, "message_id": message.pk, "file_id": attachment.pk,
        "arrival_id": Arrival.objects.earliest("pk").pk, "letter_id": Letter.objects.earliest("created_at").pk,
        "person_id": desk.person["jon"].pk, "mailbox_id": desk.mailbox.pk, "client": desk.acme.key,
        "call_id": call.pk, "call_back_id": back.pk, "contract_id": desk.contract(desk.acme).pk, "membership_id": bo.pk,
        "agreement_id": AgreementVersion.objects.earliest("pk").pk, "table_id": HolidayTable.objects.earliest("pk").pk,
        "team_id": Team.objects.earliest("pk").pk, "pk": 1_000_000, "uidb36": "1", "secret": "guessed",
        "invitation_id": invitation.pk, "digest": "0" * 64, "name": "picture.png",
    }  # fmt: skip


def address_of(name: str, needs: set[str], known: dict[str, Any]) -> str:
    """Return an address of the route. What nobody gave an example for is an error."""
    of_a_letter = {"account_confirm_email": "nothing", "account_reset_password_from_key": "1-nothing"}
    values = {one: of_a_letter[name] if one == "key" and name in of_a_letter else known[one] for one in needs}
    return reverse(f"console:{name}" if name in TABLE else name, kwargs=values)


def browser_of(desk: Desk, who: str) -> Client:
    """Return their browser. Who is shut out still holds the session from before."""
    browser = Client(raise_request_exception=False)
    if who != "nobody":
        browser.force_login(desk.person[who], backend="django.contrib.auth.backends.ModelBackend")
    if who == "shut out":
        Person.objects.filter(pk=desk.person[who].pk).update(is_active=False)
    return browser


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect what is written, apart from what keeps a session."""
    found: list[str] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and not any(
            f'"{table}"' in sql for table in BESIDE
        ):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def meet(desk: Desk, who: str, known: dict[str, Any]) -> Iterator[Met]:
    """Have `who` try every route with GET and POST, each as if the ones before had not been."""
    browser = browser_of(desk, who)
    cookies = dict(browser.cookies)
    for name, needs in routes().items():
        for method in ("GET", "POST"):
            for one, morsel in cookies.items():
                browser.cookies[one] = morsel.value
            with transaction.atomic():
                with writes() as written:
                    answer = getattr(browser, method.lower())(address_of(name, needs, known))
                    b"".join(answer) if answer.streaming else answer.content
                transaction.set_rollback(True)
            yield Met(who, method, name, answer, written)


def refused(met: Met) -> bool:
    """Whether that door must not let them in."""
    if met.name in TABLE:
        return EVERYBODY[met.who] < NEEDS[TABLE[met.name][1]]
    return OTHERS.get(met.name) == OWN and met.who not in SIGNED_IN


def as_it_must(met: Met) -> bool:
    """Whether the answer is the one that its row asks for."""
    status = met.response.status_code
    if met.name in portal.TABLE:  # whose rights are its own table's: here nobody breaks it, and reading writes nothing
        allowed = met.method in portal.TABLE[met.name][0]
        return status < 500 and not (met.writes and (met.method == "GET" or not allowed))
    if OTHERS.get(met.name) == SHUT:
        return status in (404, 405) and not met.writes
    if refused(met):
        return _turned_away(met) and not met.writes
    if met.name in TABLE and met.method not in TABLE[met.name][0]:
        return status == 405 and not met.writes
    if met.method == "GET" and met.writes:
        return False
    return status < 500 and (status != 403 or met.name not in TABLE)


def _turned_away(met: Met) -> bool:
    if met.who in SIGNED_IN and met.name == "home":
        return met.response.get("Location") == "/portal/"  # they typed no more than our name
    if met.who in SIGNED_IN:
        return met.response.status_code == 403
    return met.response.status_code == 302 and met.response["Location"].startswith("/accounts/login/")
