"""Our letters: the words around them, and how they look, each with a preview of what a client gets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.manage_forms import BrandForm, TextForm
from mainstay.console.presenters import texts as presenters
from mainstay.console.render import fragment, page
from mainstay.lib.time import now
from mainstay.mail import actions, known, letters, rehearsal, wording
from mainstay.orgs import brand as brands
from mainstay.orgs.brand import BadBrand
from mainstay.orgs.models import Brand, Logo, StaffRole
from mainstay.screens import mailframe
from mainstay.screens.zones import desk_zone
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import by_reference

ADMINISTRATOR = StaffRole.ADMINISTRATOR
SAMPLE = "severity_confirmation"  # the letter that shows a brand: it has all that a letter can have
NO_TICKET = "There is no such request. Check its last digit, or leave the field empty to see samples."


@door("GET", role=ADMINISTRATOR)
def text_list(request: HttpRequest) -> HttpResponseBase:
    """Show the texts of everything that Mainstay sends."""
    lines = presenters.text_lines(desk_zone(), at=now())
    return page(request, "admin/texts.html", {"lines": lines}, current="texts")


@door("GET", "POST", role=ADMINISTRATOR)
def text(request: HttpRequest, key: str) -> HttpResponseBase:
    """Edit one text. Which names it may use is fixed; a fault is said in full and nothing is lost."""
    current, at = _current_or_404(key), now()
    first = {"subject": current.subject, "text": current.body, "ticket": request.GET.get("ticket", "")[:60]}
    form = TextForm(request.POST or None, initial=first, label_suffix="")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.edit_text(key=key, subject=said["subject"], text=said["text"], by=me(request), at=at)
            messages.success(request, "Saved. Every letter from now on uses it.")
            return sending.done(request, request.path)
        except wording.BadText as error:
            for fault in error.faults:
                form.add_error("text", fault)
    typed = _typed(request, current) if form.is_bound else current
    context = {
        "form": form, **presenters.text_page(key, typed, desk_zone(), at=at),
        **_preview(request, key, typed, str(form["ticket"].value() or "")),
    }  # fmt: skip
    return page(request, "admin/text.html", context, current="texts", status=422 if form.errors else 200)


@door("POST", role=ADMINISTRATOR)
def text_preview(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show how a text would read, as it is being typed."""
    current = _current_or_404(key)
    context = _preview(request, key, _typed(request, current), request.POST.get("ticket", "")[:60])
    return fragment(request, "admin/shown.html", context)


@door("POST", role=ADMINISTRATOR)
def text_restore(request: HttpRequest, key: str) -> HttpResponseBase:
    """Go back to the text as it is shipped."""
    _current_or_404(key)
    actions.restore_text(key=key, by=me(request), at=now())
    messages.success(request, "The shipped text is in use again.")
    return redirect("console:text", key)


@door("POST", role=ADMINISTRATOR)
def text_test(request: HttpRequest, key: str) -> HttpResponseBase:
    """Send the letter as it is shown to whoever asks."""
    current = _current_or_404(key)
    found = _preview(request, key, _typed(request, current), request.POST.get("ticket", "")[:60])
    if found["shown"] is None:
        messages.error(request, "Nothing was sent. " + " ".join(found["faults"]))
    else:
        rehearsal.send_test(found["shown"], to=me(request), at=now())
        messages.success(request, f"A test is on its way to {me(request).email}. What you typed is not saved by it.")
    return redirect("console:text", key)


@door("GET", role=ADMINISTRATOR)
def letter_look(request: HttpRequest, token: str, scheme: str) -> HttpResponseBase:
    """Show a letter that is being previewed, in a frame without scripts or anything from elsewhere."""
    found = presenters.looked_up(token, scheme, me(request))
    if found is None:
        raise Http404("This preview is over. Reload the page.")
    response = HttpResponse(found)
    response.headers["Content-Security-Policy"] = mailframe.POLICY
    return response


@door("GET", "POST", role=ADMINISTRATOR)
def brand(request: HttpRequest) -> HttpResponseBase:
    """Say how the vendor looks to its clients. What cannot be read is refused with what would do."""
    held, at = brands.brand_now(), now()
    form = BrandForm(request.POST or None, request.FILES or None, initial=_fields(held), label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            brands.change(look=form.look(), by=me(request), at=at)
            messages.success(request, "Saved. Letters and the pages for clients look so from now on.")
            return sending.done(request, request.path)
        except BadBrand as error:
            _tell(form, error)
    context = {
        "form": form,
        "logo": presenters.logo_address(brands.logo_of(held)),
        "history": presenters.brand_history(desk_zone(), at=at),
        "now": held.pk,
        **_brand_preview(request, held, ()),
    }
    return page(request, "admin/brand.html", context, current="brand", status=422 if form.errors else 200)


@door("POST", role=ADMINISTRATOR)
def brand_preview(request: HttpRequest) -> HttpResponseBase:
    """Show how a letter would look, as the brand is being typed."""
    form = BrandForm(request.POST, request.FILES, label_suffix="")
    held, faults = brands.brand_now(), tuple[str, ...]()
    if form.is_valid():
        try:
            held, logo = brands.looked_at(form.look())
            return fragment(request, "admin/shown.html", _brand_preview(request, held, (), logo))
        except BadBrand as error:
            faults = tuple(error.faults.values())
    else:
        faults = tuple(str(error) for errors in form.errors.values() for error in errors)
    return fragment(request, "admin/shown.html", _brand_preview(request, held, faults))


@door("POST", role=ADMINISTRATOR)
def brand_again(request: HttpRequest, brand_id: int) -> HttpResponseBase:
    """Use an earlier look again."""
    found = Brand.objects.filter(pk=brand_id).first()
    if found is None:
        raise Http404("There was no such look.")
    brands.use_again(brand=found, by=me(request), at=now())
    messages.success(request, "The earlier look is in use again.")
    return redirect("console:brand")


def _current_or_404(key: str) -> wording.Text:
    if key not in wording.KINDS:
        raise Http404("There is no such text.")
    return letters.text_of(key)


def _typed(request: HttpRequest, current: wording.Text) -> wording.Text:
    if "text" not in request.POST:
        return current
    body = request.POST["text"][:20_000].replace("\r\n", "\n")
    return wording.Text(request.POST.get("subject", "")[:200], body)


def _preview(request: HttpRequest, key: str, typed: wording.Text, reference: str) -> dict[str, Any]:
    """Return the letter as it reads, or what is wrong with it."""
    at = now()
    try:
        ticket = _ticket(request, reference)
        found = rehearsal.shown(key, typed, by=me(request), at=at, ticket=ticket)
    except TicketNotFound:
        return {"look": None, "shown": None, "faults": (NO_TICKET,)}
    except wording.BadText as error:
        return {"look": None, "shown": None, "faults": error.faults}
    return {"look": presenters.kept_look(found, me(request)), "shown": found, "faults": ()}


def _ticket(request: HttpRequest, reference: str) -> Ticket | None:
    asked = reference.strip().strip("[]")
    return by_reference(asked, person=me(request), at=now()) if asked else None


def _brand_preview(
    request: HttpRequest, held: Brand, faults: tuple[str, ...], logo: Logo | None = None
) -> dict[str, Any]:
    found = rehearsal.shown(SAMPLE, known.shipped(SAMPLE), by=me(request), at=now(), brand=held, logo=logo)
    return {"look": presenters.kept_look(found, me(request)), "faults": faults}


def _fields(held: Brand) -> dict[str, object]:
    names = ("name", "accent", "accent_dark", "postal", "telephone", "web", "footer")
    return {name: getattr(held, name) for name in names}


def _tell(form: BrandForm, error: BadBrand) -> None:
    for field, words in error.faults.items():
        form.add_error(field, words)
