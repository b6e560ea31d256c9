"""The Support Hub in a browser: for everybody, for clients, for some clients; found, printed, moved, told about."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import ContractProduct
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import articles, attaching, publishing
from mainstay.knowledge.actions import Said
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article, Vain, Vote
from mainstay.portal.views import hub as views
from mainstay.releases import actions as releases
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk
from tests.knowledge.test_articles import PNG

TEXT = "# Before\n\nTake the *card*.\n\n# Print\n\n![The dialog](dialog.png)\n\nSee [the notes](notes.pdf).\n\n# After\n\nDone."


def put(desk: Desk, title: str, text: str = "Some words.", files: tuple[str, ...] = (), **named: Any) -> Article:
    content = Content(title=title, text=text, **{"audience": "public", **named})
    article = articles.begin(content=content, by=desk.person["ida"], at=desk.now)
    for name in files:
        data = PNG if name.endswith("png") else b"%PDF-1.7"
        attaching.attach(article=article, name=name, data=data, by=desk.person["ida"], at=desk.now)
    articles.ask_review(article=article, by=desk.person["ida"], at=desk.now)
    articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    return article


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def lantern(desk: Desk) -> Any:
    return contracts.add_product(key="lantern", name="Lantern")


@pytest.fixture
def shelf(desk: Desk, lantern: Any) -> None:
    put(desk, "Print a label", TEXT, ("dialog.png", "notes.pdf"), product=lantern, summary="From card to paper.")
    put(desk, "Order labels by hand", "Secret cucumber.", audience="signed_in", product=lantern)
    put(desk, "Labels at Acme", "Secret walrus.", audience="clients", organisations=[desk.acme], product=lantern)
    put(desk, "Read your contract", "Words.", kind="technical")
    articles.begin(content=Content(title="Labels soon", text="Secret bassoon."), by=desk.person["ida"], at=desk.now)


SECRETS = {"ana": {"bassoon"}, "bo": {"bassoon"}, "cleo": {"walrus", "bassoon"}, "": {"cucumber", "walrus", "bassoon"}}
TITLES = {"cucumber": "Order labels by hand", "walrus": "Labels at Acme", "bassoon": "Labels soon"}
ADDRESSES = {"cucumber": "order-labels-by-hand", "walrus": "labels-at-acme", "bassoon": "labels-soon"}


@pytest.mark.parametrize("who", SECRETS)
def test_nobody_meets_what_is_not_for_them_on_any_page(browse: Browse, shelf: None, who: str) -> None:
    """Class C2: pages, lists, search, counts, related articles and the sitemap."""
    client = browse(who) if who else Client()
    seen = ["/hub/", "/hub/products/lantern/", "/hub/articles/print-a-label/", "/hub/search/?q=labels", "/hub/sitemap.xml"]
    for address in seen:
        said = client.get(address).content.decode()
        assert not [TITLES[one] for one in SECRETS[who] if TITLES[one] in said or ADDRESSES[one] in said], address
    for secret, address in ADDRESSES.items():
        hidden = secret in SECRETS[who]
        for part in ("", "print/", "helped/"):
            assert (client.get(f"/hub/articles/{address}/{part}").status_code == 404) == hidden, (address, part)
        assert ("Nothing was found" in pages.text(client.get(f"/hub/search/?q={secret}"))) == hidden
    assert f"Lantern {4 - len(SECRETS[who] - {'bassoon'}) - 1} article" in pages.text(client.get("/hub/"))


def test_an_article_that_is_not_for_you_looks_like_one_that_is_not(browse: Browse, shelf: None) -> None:
    stranger = Client()
    hidden, absent = (
        pages.text(stranger.get(f"/hub/articles/{one}/")) for one in ("labels-at-acme", "no-such-thing")
    )
    assert hidden == absent
    assert "There is nothing here" in absent
    assert 'name="q"' in stranger.get("/hub/articles/no-such-thing/").content.decode()


def test_the_article_has_contents_pictures_related_ones_and_its_place(shelf: None) -> None:
    answer = Client().get("/hub/articles/print-a-label/")
    body = answer.content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/hub/articles/print-a-label/">' in body
    assert '<meta name="description" content="From card to paper.">' in body
    assert "noindex" not in body
    assert '<a href="#s-print">Print</a>' in body
    assert '<h2 id="s-print">Print</h2>' in body
    picture = re.search(r'<img src="([^"]+)" alt="The dialog" width="1" height="1" loading="lazy">', body)
    assert picture
    shown = Client().get(picture[1])
    assert (shown.status_code, shown["Content-Type"], b"".join(shown.streaming_content)) == (200, "image/png", PNG)
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    notes = re.search(r'href="(/hub/articles/[^"]+notes.pdf)"', body)
    assert notes
    kept = Client().get(notes[1])
    assert (kept["Content-Type"], kept["Content-Disposition"].split(";")[0]) == ("application/octet-stream", "attachment")
    assert Client().get(re.sub("files/.{16}", "files/" + "0" * 16, picture[1])).status_code == 404
    assert Client().get("/hub/articles/print-a-label/files/a/dialog.png").status_code == 404


def test_a_file_is_as_hidden_as_its_article(desk: Desk, browse: Browse) -> None:
    put(desk, "Labels at Acme", "![Plan](plan.png)", ("plan.png",), audience="clients", organisations=[desk.acme])
    picture = re.search(r'<img src="([^"]+)"', browse("ana").get("/hub/articles/labels-at-acme/").content.decode())
    assert picture
    assert browse("ana").get(picture[1])["Cache-Control"].startswith("private")
    assert [one.get(picture[1]).status_code for one in (browse("cleo"), Client(), browse("ida"))] == [404, 404, 200]


def test_what_is_for_clients_is_kept_by_no_cache_and_no_engine(browse: Browse, shelf: None) -> None:
    answer = browse("ana").get("/hub/articles/order-labels-by-hand/")
    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "For clients" in pages.text(answer)


@pytest.mark.parametrize("address", ["/hub/", "/hub/products/lantern/", "/hub/articles/print-a-label/"])
def test_a_page_for_everybody_sets_no_cookie_and_is_sent_once(desk: Desk, shelf: None, address: str) -> None:
    first = Client().get(address)
    assert not first.cookies
    assert "Cookie" in first["Vary"]
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    if "Last-Modified" in first:
        assert Client().get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    put(desk, "Print a label twice", "Card.", product=None)
    put(desk, "Print a label in Lantern", "Card.", product=Article.objects.get(address="print-a-label").product)
    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_moved_article_is_found_for_good(desk: Desk, shelf: None) -> None:
    article = Article.objects.get(address="print-a-label")
    articles.move(article=article, address="labels", by=desk.person["ida"], at=desk.now)
    answer = Client().get("/hub/articles/print-a-label/")
    assert (answer.status_code, answer["Location"]) == (301, "/hub/articles/labels/")


def test_engines_are_told_where_they_may_go(shelf: None) -> None:
    robots = Client().get("/robots.txt").content.decode()
    assert "Sitemap: http://127.0.0.1:8000/hub/sitemap.xml" in robots
    assert "Disallow: /\n" in robots
    assert "Allow: /hub/\n" in robots
    answer = Client().get("/hub/sitemap.xml")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert re.findall("<loc>(.*?)</loc><lastmod>(.*?)</lastmod>", answer.content.decode()) == [
        ("http://127.0.0.1:8000/hub/articles/print-a-label/", "2026-01-12"),
        ("http://127.0.0.1:8000/hub/articles/read-your-contract/", "2026-01-12"),
    ]


def test_search_marks_mends_and_pages(desk: Desk, shelf: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Client().get("/hub/search/?q=lable").content.decode()
    assert "No article has the word “lable”. This is what has “label”." in said
    assert "<mark>label</mark>" in said
    assert "These have some of them" in pages.text(Client().get("/hub/search/?q=label+giraffe"))
    assert "Nothing was found for “<b>”" in pages.text(Client().get("/hub/search/?q=%3Cb%3E"))
    assert "Type a few words" in pages.text(Client().get("/hub/search/"))
    monkeypatch.setattr("mainstay.knowledge.hub.PAGE", 1)
    monkeypatch.setattr("mainstay.knowledge.hub.search.__kwdefaults__", {"product": "", "page": 1, "size": 1})
    for number in range(3):
        put(desk, f"Zeppelin {number}")
    first = Client().get("/hub/search/?q=zeppelin").content.decode()
    assert 'href="?q=zeppelin&amp;page=2" rel="next"' in first
    assert 'rel="prev"' in Client().get("/hub/search/?q=zeppelin&page=3").content.decode()
    for page in ("0", "x", "9999", "99"):
        assert Client().get(f"/hub/search/?q=zeppelin&page={page}").status_code == 200


def test_what_was_looked_for_in_vain_is_kept_without_who_and_within_bounds(
    browse: Browse, shelf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_IN_VAIN", 2)
    browse("ida").get("/hub/search/?q=giraffe")
    assert not Vain.objects.exists()
    browse("ana").get("/hub/search/?q=giraffe")
    Client().get("/hub/search/?q=giraffe")
    Client().get("/hub/search/?q=elephant")
    assert list(Vain.objects.values_list("words", "times")) == [("giraffe", 2)]


def vote(client: Client, **said: str) -> Any:
    return client.post("/hub/articles/print-a-label/helped/", said)


def test_a_reader_says_whether_it_helped_once(browse: Browse, shelf: None) -> None:
    stranger, ana = Client(), browse("ana")
    assert "Did this help?" in pages.text(stranger.get("/hub/articles/print-a-label/helped/"))
    assert "Good to know that it helped" in pages.text(vote(stranger, helped="yes"))
    said = pages.text(vote(stranger, helped="no", reason="unclear", comment="Which card?"))
    assert "We read every answer" in said
    vote(ana, helped="yes")
    vote(ana, helped="yes")
    assert sorted(Vote.objects.values_list("helped", "reason", "comment")) == [
        (False, "unclear", "Which card?"),
        (True, "", ""),
    ]
    voters = " ".join(Vote.objects.values_list("voter", flat=True))
    assert str(stranger.session.session_key) not in voters


def test_a_vote_that_makes_no_sense_is_shown_again(shelf: None) -> None:
    assert vote(Client(), helped="perhaps").status_code == 422
    assert vote(Client(), helped="no", reason="because").status_code == 422
    assert "What was wrong?" in pages.text(Client().get("/hub/articles/print-a-label/helped/?answer=no"))
    assert not Vote.objects.exists()


def test_very_many_votes_from_one_network_are_refused_kindly(shelf: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_VOTES", 2)
    assert [vote(Client(), helped="yes").status_code for _ in range(3)] == [200, 200, 429]
    assert Vote.objects.count() == 2
    other = Client(REMOTE_ADDR="203.0.113.7")
    assert vote(other, helped="yes").status_code == 200


def test_a_part_of_the_page_has_no_frame(shelf: None) -> None:
    part = Client().get("/hub/articles/print-a-label/helped/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "csrfmiddlewaretoken" in part


def test_the_printed_page_says_which_edition_it_is(shelf: None) -> None:
    said = pages.text(Client().get("/hub/articles/print-a-label/print/"))
    assert "Edition 1 of 12 January 2026" in said
    assert "http://127.0.0.1:8000/hub/articles/print-a-label/" in said


def test_an_empty_hub_says_so(desk: Desk, browse: Browse) -> None:
    assert "Nothing is published yet" in pages.text(Client().get("/hub/"))
    assert Client().get("/hub/products/any/").status_code == 404
    put(desk, "Read your contract")
    assert "Guides Read your contract" in pages.text(Client().get("/hub/"))
    assert "All products Search in these articles" in pages.text(Client().get("/hub/products/any/"))


def test_pages_cost_few_queries_however_many_articles_there_are(
    desk: Desk, browse: Browse, lantern: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        put(desk, f"Print a label {number}", "# Before\n\nTake the *card*.\n\n# Print\n\nPress Print.", product=lantern)
    stranger, ana = Client(), browse("ana")
    for address in ("/hub/articles/print-a-label-3/", "/hub/search/?q=label", "/hub/"):
        stranger.get(address)
        ana.get(address)
    with django_assert_max_num_queries(5):
        stranger.get("/hub/articles/print-a-label-3/")
    with django_assert_max_num_queries(6):
        stranger.get("/hub/search/?q=label")
    with django_assert_max_num_queries(7):
        stranger.get("/hub/")
    with django_assert_max_num_queries(10):
        ana.get("/hub/articles/print-a-label-3/")
    with django_assert_max_num_queries(11):
        ana.get("/hub/search/?q=label")


def test_a_products_page_says_what_is_wrong_to_whoever_has_the_product(desk: Desk, browse: Browse, lantern: Any) -> None:
    ida = desk.person["ida"]
    for organisation in (desk.acme, desk.carrow):
        other = contracts.add_product(key=f"only-{organisation.key}", name=f"Only {organisation.name}")
        ContractProduct.objects.create(contract=desk.contract(organisation), product=other)
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=lantern)
    planned = releases.plan(
        product=lantern, name="5.4", kind="minor", planned_on=date(2027, 2, 2), by=desk.person["mara"], at=desk.now, notes=""
    )
    askew = Said("Labels are askew", "They lean.", "planned", workaround="Use 4.1.", products=[lantern], versions="4.2", fixed_in=planned)
    for said in (askew, Said("Everything is slow", "It is."), Said("Not told yet", "It is secret.", products=[lantern])):
        issue = knowledge.add_issue(said=said, by=ida, at=desk.now)
        if said.title != "Not told yet":
            publishing.publish(issue=issue, by=ida, at=desk.now)
    ana = browse("ana")
    assert "Lantern 1 known issue" in pages.text(ana.get("/hub/"))
    told = pages.text(ana.get("/hub/products/lantern/"))
    assert "Labels are askew KI-" in told
    assert "A fix is planned for Lantern 5.4 4.2 Changed on" in told
    assert "Use 4.1." in told
    assert "Everything is slow" in told, "it is about any product"
    assert "Not told yet" not in told
    assert "Everything is slow" in pages.text(ana.get("/hub/products/any/"))
    staff = browse("ida").get("/hub/products/lantern/").content.decode()
    assert "Labels are askew" in staff
    assert "Not told yet" not in staff
    assert "/portal/issues/" not in staff, "which is for clients"
    for who in (Client(), browse("cleo")):
        assert who.get("/hub/products/lantern/").status_code == 404
        assert "Labels" not in pages.text(who.get("/hub/"))
    assert Client().get("/hub/products/any/").status_code == 404
