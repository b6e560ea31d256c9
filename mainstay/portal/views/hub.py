"""The Support Hub: everybody comes in, and each sees what is for them (`knowledge.hub.visible_articles`)."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from mainstay.contracts.models import Product
from mainstay.core import asking
from mainstay.knowledge import hub, queries, readers
from mainstay.knowledge.attaching import DOWNLOAD
from mainstay.knowledge.models import Edition
from mainstay.lib import files
from mainstay.lib.time import now
from mainstay.orgs.models import Person
from mainstay.portal.access import public
from mainstay.portal.environment import url
from mainstay.portal.forms.hub import HelpedForm
from mainstay.portal.presenters import hub as presenters
from mainstay.portal.presenters.releases import issue_line
from mainstay.portal.render import fragment, page
from mainstay.portal.views.caching import for_everybody
from mainstay.screens import limits

ANY = "any"  # the key of what is about no product in particular
MOST_VOTES, MOST_IN_VAIN = 30, 60  # an hour from one network
LAST_PAGE = 15
READER = "hub_reader"  # what makes one session one reader


@public("GET")
def start(request: HttpRequest) -> HttpResponseBase:
    """Show where somebody begins: a search, the products, what is new."""
    at, person = now(), _reader(request)
    shelves = presenters.shelves(hub.products(person, at=at), queries.unsolved(person, at=at))
    general = hub.articles_of(person, None, at=at)
    if general and shelves:
        shelves.append(presenters.Shelf(_("All products"), url("hub:product", ANY), len(general)))
    context = {
        "shelves": shelves,
        "general": presenters.parts(general) if not shelves else [],
        "newest": [presenters.line(one) for one in hub.newest(person, at=at)],
        "canonical": _canonical(url("hub:start")),
    }
    return for_everybody(request, page(request, "portal/hub/start.html", context, current="hub"))


@public("GET")
def product(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show what there is about a product; `any` is what is about all of them.

    Issues about any product stand beside those about this one, but alone they make no page: that would tell of each
    product whether there is one.
    """
    at, person = now(), _reader(request)
    found = Product.objects.filter(key=key).first()
    editions = hub.articles_of(person, found, at=at) if found or key == ANY else []
    issues = queries.issues_about(person, found, at=at) if found or key == ANY else []
    if not editions and not any(found is None or found in one.products.all() for one in issues):
        return _nothing(request)
    context = {
        "name": found.name if found else _("All products"),
        "key": key,
        "parts": presenters.parts(editions),
        "issues": [issue_line(one) for one in issues],
        "all_issues": f"{url('issues')}?{urlencode({'product': '' if found is None else key})}",
        "canonical": _canonical(url("hub:product", key)),
    }
    answer = page(request, "portal/hub/product.html", context, current="hub")
    return for_everybody(request, answer, changed_at=max((one.published_at for one in editions), default=None))


@public("GET")
def article(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show an article; at an address that it had before, lead to where it is now."""
    at, person = now(), _reader(request)
    edition = hub.article_at(slug, person, at=at)
    if edition is None:
        elsewhere = hub.moved_to(slug, person, at=at)
        return redirect(url("hub:article", elsewhere), permanent=True) if elsewhere else _nothing(request)
    context = {
        "article": presenters.reading(edition),
        "related": [presenters.line(one) for one in hub.related(edition, person, at=at)],
        "slug": slug,
        "canonical": _canonical(url("hub:article", slug)),
        "is_public": edition.audience == "public",
    }
    answer = page(request, "portal/hub/article.html", context, current="hub")
    return for_everybody(request, answer, changed_at=edition.published_at)


@public("GET")
def article_print(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show an article as a sheet of paper has it: no places, no links around it, its address and edition on top."""
    edition = _edition_or_404(request, slug)
    context = {
        "article": presenters.reading(edition),
        "slug": slug,
        "canonical": _canonical(url("hub:article", slug)),
    }
    return page(request, "portal/hub/print.html", context, current="hub")


@public("GET")
def file(request: HttpRequest, slug: str, digest: str, name: str) -> HttpResponseBase:
    """Hand out a file of an article as it was published: a picture to be shown, anything else to be kept."""
    edition = _edition_or_404(request, slug)
    told: dict[str, Any] = edition.files.get(name, {})
    if not told or not told["digest"].startswith(digest) or len(digest) < 16:
        raise Http404("There is no such file.")
    try:
        stored = BytesIO(files.read(told["digest"]))
    except (files.FileMissing, files.FileDamaged) as error:
        raise Http404(str(error)) from None
    kept = told["content_type"] == DOWNLOAD
    answer = FileResponse(stored, as_attachment=kept, filename=name, content_type=told["content_type"])
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    whose = "public" if edition.audience == "public" else "private"
    answer.headers["Cache-Control"] = f"{whose}, max-age=3600"
    return answer


@public("GET")
def search(request: HttpRequest) -> HttpResponseBase:
    """Show what holds the words; words that found nothing are kept for the desk, without who asked."""
    at, person = now(), _reader(request)
    text = request.GET.get("q", "").replace("\x00", "")[: asking.LONGEST]
    key = request.GET.get("product", "").replace("\x00", "")[:40]
    number = _number(request.GET.get("page", ""))
    found = hub.search(person, text, at=at, product=key, page=number)
    if found.text and (not found.number or found.loose) and _may_tell(request, person):
        readers.looked_in_vain(text=found.text, at=at)
    pages = -(-found.number // hub.PAGE)
    asked = {name: value for name, value in (("q", text), ("product", key)) if value}
    context = {
        "text": text,
        "found": found,
        "lines": [presenters.hit(one) for one in found.hits],
        "products": [(one.key, one.name, one.key == key) for one, count in hub.products(person, at=at)],
        "before": f"?{urlencode(asked | {'page': number - 1})}" if number > 1 else "",
        "further": f"?{urlencode(asked | {'page': number + 1})}" if number < min(pages, LAST_PAGE) else "",
    }
    return page(request, "portal/hub/search.html", context, current="hub")


@public("GET", "POST")
def helped(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Take down whether an article helped. The form is a part of the article's page for scripts, and a page without."""
    at, person = now(), _reader(request)
    edition = _edition_or_404(request, slug)
    form = HelpedForm(request.POST or None)
    done, refused = False, ""
    if request.method == "POST" and form.is_valid():
        done = limits.within(request, "hub.vote", most=MOST_VOTES)
        refused = "" if done else _("That was a lot of answers from one network. Please try again in an hour.")
        if done:
            readers.vote(edition=edition, voter=_voter(request, person), at=at, **form.said())
    context = {
        "title": edition.title,
        "slug": slug,
        "form": form,
        "done": done,
        "refused": refused,
        "yes": bool(done and form.said()["helped"]),
        "asks_why": request.GET.get("answer") == "no" or bool(form.errors),
    }
    status = 429 if refused else 422 if form.errors else 200
    if request.headers.get("HX-Request") == "true":
        return _kept_to_one(fragment(request, "portal/hub/helped.html", context, status=status))
    return _kept_to_one(page(request, "portal/hub/helped_page.html", context, current="hub", status=status))


@public("GET")
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Tell search engines what everybody may read."""
    found = [
        (_canonical(url("hub:article", address)), published_at.date().isoformat())
        for address, published_at in hub.sitemap(at=now())
    ]
    text = render_to_string("portal/hub/sitemap.xml", {"found": found}, using="portal")
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@public("GET")
def robots(request: HttpRequest) -> HttpResponseBase:
    """Tell search engines where they may go: the Support Hub, and nowhere else."""
    lines = [
        "User-agent: *",
        f"Disallow: {url('hub:search')}",
        f"Disallow: {url('hub:start')}articles/*/helped/",
        f"Allow: {url('hub:start')}",
        "Allow: /static/",
        "Disallow: /",
        "",
        f"Sitemap: {_canonical(url('hub:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _reader(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _number(asked: str) -> int:
    """Return which page of a search is asked for; the first where that makes no sense."""
    return max(1, min(int(asked), LAST_PAGE)) if asked.isdecimal() and len(asked) < 4 else 1


def _edition_or_404(request: HttpRequest, slug: str) -> Edition:
    found = hub.article_at(slug, _reader(request), at=now())
    if found is None:
        raise Http404("There is no such article.")
    return found


def _nothing(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing here for whoever asks, and let them look for it."""
    return _kept_to_one(page(request, "portal/hub/nothing.html", {}, current="hub", status=404))


def _kept_to_one(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _canonical(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _may_tell(request: HttpRequest, person: Person | None) -> bool:
    """Whether a search in vain is a reader's: not one of ours, and not one of very many."""
    return not (person and person.is_staff) and limits.within(request, "hub.vain", most=MOST_IN_VAIN)


def _voter(request: HttpRequest, person: Person | None) -> str:
    """Return what makes a reader's votes one: of who signed in, or of this session. Nobody can tell who it was."""
    if person is not None:
        key = f"person:{person.pk}"
    else:
        if request.session.session_key is None:
            request.session[READER] = True
            request.session.save()  # gives it its key
        key = f"session:{request.session.session_key}"
    return salted_hmac("hub.vote", key).hexdigest()
