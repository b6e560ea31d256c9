"""Articles at the desk: listed, written beside their preview, reviewed, published, withdrawn, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.article_forms import (
    AddressForm,
    ArticleForm,
    AttachForm,
    NoteForm,
    beginning,
    initial_of,
)
from mainstay.console.presenters import articles as presenters
from mainstay.console.render import fragment, page
from mainstay.console.settling import onward, settle
from mainstay.console.views.tickets import ticket_or_404
from mainstay.contracts.models import Product
from mainstay.core import asking
from mainstay.knowledge import articles, attaching, readers, shelf
from mainstay.knowledge.articles import Content
from mainstay.knowledge.markdown import LONGEST
from mainstay.knowledge.models import Article, ArticleFile, Vain, Vote
from mainstay.knowledge.rows.articles import Audience, State
from mainstay.lib import files
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket

PAGE = 50  # articles on one page

Act = Callable[[HttpRequest, Article], str]


@door("GET")
def article_list(request: HttpRequest) -> HttpResponseBase:
    """Show the articles, the one changed last first, narrowed by words, state, product and audience."""
    at, zone = now(), desk_zone()
    after = request.GET.get("after", "")[:18]
    asked = shelf.Asked(
        text=request.GET.get("text", "").replace("\x00", "")[: asking.LONGEST],
        state=_one_of(request.GET.get("state", ""), State.values),
        product=request.GET.get("product", "").replace("\x00", "")[:40],
        audience=_one_of(request.GET.get("audience", ""), Audience.values),
        after=int(after) if after.isdecimal() else None,
    )
    found = list(shelf.articles(me(request), asked)[: PAGE + 1])
    said = {name: getattr(asked, name) for name in ("text", "state", "product", "audience") if getattr(asked, name)}
    context = {
        "lines": [presenters.article_line(one, zone, at=at) for one in found[:PAGE]],
        "next": f"?{urlencode(said | {'after': found[PAGE - 1].pk})}" if len(found) > PAGE else "",
        "asked": asked,
        "narrowed": bool(said),
        "choices": [
            ("state", "State", [(value, label, value == asked.state) for value, label in State.choices]),
            ("product", "Product", [(p.key, p.name, p.key == asked.product) for p in Product.objects.order_by("name")]),
            ("audience", "Readers", [(value, label, value == asked.audience) for value, label in Audience.choices]),
        ],
        "waiting": shelf.waiting_for(me(request)),
        "gaps": shelf.gaps(me(request), at=at).number,
    }
    return page(request, "articles/list.html", context, current="articles", at=at)


@door("GET")
def article(request: HttpRequest, article_id: int) -> HttpResponseBase:
    """Show an article as it stands: the text, what can be done with it, what was."""
    at, zone = now(), desk_zone()
    found = _article_or_404(request, article_id)
    shown = presenters.preview(found.text, found)
    yes, no = shelf.helped(found)
    mine = found.writer_id == me(request).pk
    manager = at_least(me(request), StaffRole.MANAGER)
    context = {
        "article": found,
        "line": presenters.article_line(found, zone, at=at),
        "clients": [one.name for one in found.organisations.order_by("name", "pk")],
        "html": presenters.shown(shown),
        "faults": articles.faults_in(found),
        "changes": shelf.changes_since_shown(found),
        "editions": list(found.editions.order_by("-number").values_list("number", flat=True)[:50]),
        "history": presenters.history(shelf.history(found), zone, at=at),
        "files": [presenters.file_line(one) for one in found.files.order_by("name")],
        "helped": (yes, no),
        "may_publish": (found.state == State.REVIEW and not mine)
        or (manager and found.state in (State.DRAFT, State.REVIEW)),
        "alone": mine,
        "nonce": sending.nonce(),
    }
    return page(request, "articles/article.html", context, current="articles", at=at)


@door("GET", "POST")
def article_add(request: HttpRequest) -> HttpResponseBase:
    """Begin an article."""
    return _begun(request, Content(title=""), None)


@door("GET", "POST")
def ticket_article(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Begin an article with how a request was solved, without anything that is somebody's own."""
    ticket = ticket_or_404(request, reference, at=now())
    return _begun(request, shelf.begun_by(ticket), ticket)


@door("GET", "POST")
def article_edit(request: HttpRequest, article_id: int) -> HttpResponseBase:
    """Write an article. What readers see stays until it is published again."""
    at, found = now(), _article_or_404(request, article_id)
    form = ArticleForm(request.POST or None, initial=initial_of(found))

    def act(said: dict[str, Any]) -> None:
        articles.write(article=found, content=form.content(), by=me(request), at=at, seen=said["seen"])

    here = reverse("console:article", args=[article_id])
    if request.method == "POST" and settle(request, form, act, said="Saved. Readers see it once published.", at=at):
        return onward(request, here)
    return _form(request, form, f"Write: {found.title}", here, found)


@door("POST")
def article_preview(request: HttpRequest) -> HttpResponseBase:
    """Return a text as readers would see it, and what is wrong in it."""
    text, which = request.POST.get("text", "")[:LONGEST], request.POST.get("article", "")[:18]
    found = shelf.kept_articles(me(request)).filter(pk=int(which)).first() if which.isdecimal() else None
    shown = presenters.preview(text, found)
    context = {"html": presenters.shown(shown), "faults": shown.faults, "empty": not text.strip()}
    return fragment(request, "articles/preview.html", context)


@door("POST")
def article_act(request: HttpRequest, article_id: int, act: str) -> HttpResponseBase:
    """Do one thing with an article, and say so or say why not."""
    found = _article_or_404(request, article_id)
    if act not in ACTS:
        raise Http404("There is no such thing to do.")
    try:
        with sending.once(request, at=now()):
            said = ACTS[act](request, found)
        messages.success(request, said)
    except (CannotDo, sending.Refused) as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:article", args=[article_id]))


@door("GET")
def article_edition(request: HttpRequest, article_id: int, number: int) -> HttpResponseBase:
    """Show one edition: what it changed, and what it says."""
    at, zone = now(), desk_zone()
    found = _article_or_404(request, article_id)
    edition = shelf.edition_of(found, number)
    if edition is None:
        raise Http404("There is no such edition.")
    context = {
        "article": found,
        "edition": edition,
        "audience": presenters.audience_of(edition),
        "published": moment(edition.published_at, zone, now=at, days=True),
        "changes": shelf.changes_in(edition),
        "is_first": number == 1,
    }
    return page(request, "articles/edition.html", context, current="articles", at=at)


@door("POST")
def article_attach(request: HttpRequest, article_id: int) -> HttpResponseBase:
    """Add pictures and files to an article."""
    at, found = now(), _article_or_404(request, article_id)
    form = AttachForm(request.POST, request.FILES)
    try:
        chosen = form.cleaned_data["attached"] if form.is_valid() else []
        for one in chosen:
            attaching.attach(article=found, name=one.name, data=one.read(), by=me(request), at=at)
        told = "Added. Put it into the text where it belongs." if chosen else "Choose a file first."
        messages.success(request, told) if chosen else messages.error(request, told)
    except CannotDo as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:article", args=[article_id]) + "#files")


@door("POST")
def article_detach(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Take a file out of an article."""
    found = _file_or_404(request, file_id)
    attaching.detach(file=found, by=me(request), at=now())
    messages.success(request, f"{found.name} is taken out. What was published with it keeps it.")
    return sending.done(request, reverse("console:article", args=[found.article_id]) + "#files")


@door("GET")
def article_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Hand out a file of the text being written."""
    found = _file_or_404(request, file_id)
    try:
        stored = BytesIO(files.read(found.digest))
    except (files.FileMissing, files.FileDamaged) as error:
        raise Http404(str(error)) from None
    kept = found.content_type == attaching.DOWNLOAD
    answer = FileResponse(stored, as_attachment=kept, filename=found.name, content_type=found.content_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@door("GET")
def article_gaps(request: HttpRequest) -> HttpResponseBase:
    """Show where readers miss something: what did not help, what was looked for in vain, what is old."""
    at, zone = now(), desk_zone()
    found = shelf.gaps(me(request), at=at)
    context = {
        "votes": [presenters.vote_line(one, zone, at=at) for one in found.votes],
        "vain": [(one, moment(one.last_at, zone, now=at, days=True)) for one in found.vain],
        "old": [(one, moment(one.checked_at, zone, now=at, days=True)) for one in found.old],
    }
    return page(request, "articles/gaps.html", context, current="articles", at=at)


@door("POST")
def gap_settle(request: HttpRequest, kind: str, number: int) -> HttpResponseBase:
    """Say that one of them is dealt with."""
    at = now()
    if kind == "vote":
        readers.settle_vote(vote=_row_or_404(Vote, number), by=me(request), at=at)
    elif kind == "vain":
        readers.settle_vain(vain=_row_or_404(Vain, number), by=me(request), at=at)
    else:
        raise Http404("There is no such list.")
    messages.success(request, "Dealt with.")
    return sending.done(request, reverse("console:article_gaps"))


def _begun(request: HttpRequest, content: Content, ticket: Ticket | None) -> HttpResponseBase:
    at = now()
    form = ArticleForm(request.POST or None, initial=beginning(content))
    made: list[Article] = []

    def act(said: dict[str, Any]) -> None:
        made.append(articles.begin(content=form.content(), by=me(request), at=at, ticket=ticket))

    if request.method == "POST" and settle(request, form, act, said="The draft is kept. No reader sees it yet.", at=at):
        return onward(request, reverse("console:article", args=[made[0].pk]))
    back = reverse("console:ticket", args=[ticket.reference]) if ticket else reverse("console:articles")
    return _form(request, form, "Article from a solution" if ticket else "Write an article", back, None, ticket)


def _form(
    request: HttpRequest, form: ArticleForm, title: str, back: str, found: Article | None, ticket: Ticket | None = None
) -> HttpResponseBase:
    context = {
        "form": form,
        "title": title,
        "back": back,
        "article": found,
        "files": [presenters.file_line(one) for one in found.files.order_by("name")] if found else [],
        "reference": ticket.reference if ticket else "",
        "nonce": sending.nonce(),
    }
    status = 422 if form.errors else 200
    return page(request, "articles/form.html", context, current="articles", status=status, at=now())


def _noted(request: HttpRequest) -> str:
    form = NoteForm(request.POST)
    return form.cleaned_data["note"] if form.is_valid() else ""


def _review(request: HttpRequest, found: Article) -> str:
    articles.ask_review(article=found, by=me(request), at=now(), note=_noted(request))
    return "Sent to review. Somebody else publishes it."


def _back(request: HttpRequest, found: Article) -> str:
    articles.send_back(article=found, by=me(request), at=now(), note=_noted(request))
    return "Sent back to its writer."


def _publish(request: HttpRequest, found: Article) -> str:
    edition = articles.publish(article=found, by=me(request), at=now(), note=_noted(request))
    return f"Published as edition {edition.number}."


def _withdraw(request: HttpRequest, found: Article) -> str:
    articles.withdraw(article=found, by=me(request), at=now(), note=_noted(request))
    return "Withdrawn. No reader sees it any more."


def _restore(request: HttpRequest, found: Article) -> str:
    articles.restore(article=found, by=me(request), at=now())
    return "Restored: readers see the last edition again."


def _right(request: HttpRequest, found: Article) -> str:
    articles.find_still_right(article=found, by=me(request), at=now())
    return "Noted that it is still right."


def _move(request: HttpRequest, found: Article) -> str:
    form = AddressForm(request.POST)
    if not form.is_valid():
        raise CannotDo("Write the new address, such as print-a-label.")
    moved = articles.move(article=found, address=form.cleaned_data["address"], by=me(request), at=now())
    return f"The address is {moved.address} now; whoever comes to the former one is sent on."


ACTS: dict[str, Act] = {
    "review": _review,
    "back": _back,
    "publish": _publish,
    "withdraw": _withdraw,
    "restore": _restore,
    "right": _right,
    "move": _move,
}


def _one_of(value: str, values: list[str]) -> str:
    return value if value in values else ""


def _article_or_404(request: HttpRequest, article_id: int) -> Article:
    rows = shelf.kept_articles(me(request)).select_related("product", "writer", "shown__product", "ticket")
    found = rows.filter(pk=article_id).first()
    if found is None:
        raise Http404("There is no such article.")
    return found


def _file_or_404(request: HttpRequest, file_id: int) -> ArticleFile:
    found = ArticleFile.objects.filter(article__in=shelf.kept_articles(me(request)), pk=file_id).first()
    if found is None:
        raise Http404("There is no such file.")
    return found


def _row_or_404(model: Any, number: int) -> Any:
    found = model.objects.filter(pk=number).first()
    if found is None:
        raise Http404("There is nothing like that.")
    return found
