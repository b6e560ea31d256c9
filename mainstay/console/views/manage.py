"""Running the desk: people, mailboxes, health."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from mainstay.console.access import door, me
from mainstay.console.manage_forms import InviteForm, MailboxForm, RoleForm
from mainstay.console.presenters import manage as presenters
from mainstay.console.render import page
from mainstay.lib.time import now
from mainstay.mail import actions as mail_actions
from mainstay.mail import imap
from mainstay.mail.models import Mailbox
from mainstay.orgs import actions as orgs
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.models import Person, StaffRole
from mainstay.screens import invitations
from mainstay.screens.zones import desk_zone

ADMINISTRATOR = StaffRole.ADMINISTRATOR
"""Who may change how the desk runs."""


@door("GET", role=ADMINISTRATOR)
def people(request: HttpRequest) -> HttpResponseBase:
    """Show who works the desk."""
    return _people(request, InviteForm(label_suffix="", auto_id="invite_%s"), status=200)


def _people(request: HttpRequest, form: InviteForm, *, status: int) -> HttpResponseBase:
    found = (
        Person.objects.exclude(staff_role="").order_by("-is_active", "name", "pk").prefetch_related("teams")
    )
    context = {
        "people": [presenters.staff_line(one, me(request)) for one in found],
        "form": form,
        "roles": StaffRole.choices,
    }
    return page(request, "admin/people.html", context, current="people", status=status)


@door("POST", role=ADMINISTRATOR)
def invite(request: HttpRequest) -> HttpResponseBase:
    """Add somebody to the desk and send them a link to choose a password."""
    form = InviteForm(request.POST, label_suffix="", auto_id="invite_%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            person = orgs.add_person(
                name=said["name"], email=said["email"], at=now(), staff_role=said["role"]
            )
            invitations.send(request, person)
            messages.success(request, f"{person.name} is invited; a link to choose a password is on its way.")
            return redirect("console:people")
        except orgs.AddressTaken as error:
            form.add_error("email", str(error))
    return _people(request, form, status=422)


@door("POST", role=ADMINISTRATOR)
def set_role(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Give somebody another role."""
    person, form = _staff_or_404(person_id), RoleForm(request.POST)
    if form.is_valid():
        try:
            orgs.set_staff_role(person=person, role=form.cleaned_data["role"], by=me(request))
            messages.success(
                request, f"{person.name} is now {StaffRole(form.cleaned_data['role']).label.lower()}."
            )
        except NotAllowed as error:
            messages.error(request, str(error))
    return redirect("console:people")


@door("POST", role=ADMINISTRATOR)
def set_active(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Shut somebody out, or let them in again. Their pages and live streams end within a minute."""
    person, active = _staff_or_404(person_id), request.POST.get("active") == "yes"
    try:
        orgs.set_active(person=person, active=active, by=me(request), at=now())
        messages.success(request, f"{person.name} {'can sign in again' if active else 'is shut out'}.")
    except NotAllowed as error:
        messages.error(request, str(error))
    return redirect("console:people")


@door("GET", role=ADMINISTRATOR)
def mailbox_list(request: HttpRequest) -> HttpResponseBase:
    """Show the mailboxes that are read, and how well that goes."""
    return _mailboxes(request, MailboxForm(label_suffix="", auto_id="mailbox_%s"), status=200)


def _mailboxes(request: HttpRequest, form: MailboxForm, *, status: int) -> HttpResponseBase:
    at = now()
    lines = [
        presenters.mailbox_line(box, desk_zone(), at=at) for box in Mailbox.objects.order_by("name", "pk")
    ]
    context = {"lines": lines, "form": form, "support_address": settings.SUPPORT_ADDRESS}
    return page(request, "admin/mailboxes.html", context, current="mailboxes", status=status, at=at)


@door("POST", role=ADMINISTRATOR)
def mailbox_add(request: HttpRequest) -> HttpResponseBase:
    """Add a mailbox. It is read from the next minute on."""
    form = MailboxForm(request.POST, label_suffix="", auto_id="mailbox_%s")
    if form.is_valid():
        if Mailbox.objects.filter(name=form.cleaned_data["name"]).exists():
            form.add_error("name", "There is a mailbox of that name already.")
        else:
            box = mail_actions.add_mailbox(at=now(), **form.cleaned_data)
            messages.success(request, f"{box.name} is added. Test it to see whether it can be reached.")
            return redirect("console:mailboxes")
    return _mailboxes(request, form, status=422)


@door("POST", role=ADMINISTRATOR)
def mailbox_test(request: HttpRequest, mailbox_id: int) -> HttpResponseBase:
    """Look into a mailbox once, keep what is new, and say how that went."""
    box = _mailbox_or_404(mailbox_id)
    tried = imap.fetch_once(box, at=now())
    if tried.error:
        messages.error(request, f"{box.name} cannot be read: {tried.error}")
    else:
        messages.success(
            request, f"{box.name} can be read." if not tried.busy else f"{box.name} is being read just now."
        )
    return redirect("console:mailboxes")


@door("POST", role=ADMINISTRATOR)
def mailbox_pause(request: HttpRequest, mailbox_id: int) -> HttpResponseBase:
    """Stop reading a mailbox, or go on. Nothing is lost meanwhile: the mail waits on its server."""
    box, paused = _mailbox_or_404(mailbox_id), request.POST.get("paused") == "yes"
    (mail_actions.pause if paused else mail_actions.resume)(mailbox=box)
    messages.success(
        request, f"{box.name} {'is paused; its mail waits on the server' if paused else 'is read again'}."
    )
    return redirect("console:mailboxes")


@door("GET")
def health(request: HttpRequest) -> HttpResponseBase:
    """Show whether promises are being watched, mail comes in and letters leave."""
    at = now()
    return page(
        request,
        "admin/health.html",
        {"health": presenters.health(desk_zone(), at=at)},
        current="health",
        at=at,
    )


def healthz(request: HttpRequest) -> HttpResponseBase:
    """Answer a probe: 200 while all is well, 503 with what is not. Public, so it names nobody and nothing."""
    at = now()
    answer: dict[str, Any] | None = cache.get("healthz")
    if answer is None:
        answer = presenters.health_json(presenters.health(desk_zone(), at=at), at=at)
        cache.set("healthz", answer, timedelta(seconds=2).total_seconds())
    return JsonResponse(answer, status=200 if answer["ok"] else 503, headers={"Cache-Control": "no-store"})


def _staff_or_404(person_id: int) -> Person:
    found = Person.objects.exclude(staff_role="").filter(pk=person_id).first()
    if found is None:
        raise Http404("There is no such person at the desk.")
    return found


def _mailbox_or_404(mailbox_id: int) -> Mailbox:
    found = Mailbox.objects.filter(pk=mailbox_id).first()
    if found is None:
        raise Http404("There is no such mailbox.")
    return found
