"""Articles in the console: listed, written, reviewed, published, withdrawn, made of a solution, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mainstay.console.views import articles as views
from mainstay.knowledge import articles, readers
from mainstay.knowledge.models import Article
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk
from tests.knowledge.test_articles import PNG

LABELS = {"title": "Print a <label>", "text": "# Print\n\nPress **Print**.", "kind": "guide", "audience": "public"}


def write(browser: Client, where: str = "/articles/add/", **said: Any) -> Any:
    nonce = pages.nonce(browser.get(where))
    return browser.post(where, {**LABELS, **said, "nonce": nonce}, follow=True)


def does(browser: Client, article: Article, act: str, **said: str) -> str:
    return pages.text(browser.post(f"/articles/{article.pk}/do/{act}/", said, follow=True))


@pytest.fixture
def article(desk: Desk, browse: Browse) -> Article:
    desk.at("Mon 09:00")
    write(browse("ida"))
    return Article.objects.get()


def test_no_article_yet_says_how_to_begin(browse: Browse) -> None:
    assert "No article yet" in pages.text(browse("ida").get("/articles/"))
    assert "Nothing is missing" in pages.text(browse("ida").get("/articles/gaps/"))


def test_an_article_is_written_reviewed_by_another_and_published(browse: Browse, article: Article) -> None:
    ida, jon = browse("ida"), browse("jon")
    assert "Print a <label> Draft Everybody Guide Any product" in pages.text(ida.get("/articles/"))
    assert "Publish" not in pages.text(ida.get(f"/articles/{article.pk}/")).split("History")[0]
    assert "Sent to review. Somebody else publishes it." in does(ida, article, "review")
    assert "Somebody else reads it and publishes it." in pages.text(ida.get(f"/articles/{article.pk}/"))
    assert "1 article waits for a review" in pages.text(jon.get("/articles/"))
    assert "Say what is to be done" in does(jon, article, "back")
    assert "Sent back to its writer." in does(jon, article, "back", note="Which driver?")
    does(ida, article, "review")
    said = does(jon, article, "publish")
    assert "Published as edition 1." in said
    assert "sent it back: Which driver?" in said
    assert ">As readers see it<" not in said
    assert Client().get("/hub/articles/print-a-label/").status_code == 200


def test_a_manager_publishes_alone_and_the_edition_says_so(browse: Browse) -> None:
    mara = browse("mara")
    write(mara)
    article = Article.objects.get()
    assert "Publish without a second reader" in pages.text(mara.get(f"/articles/{article.pk}/"))
    assert "Published as edition 1." in does(mara, article, "publish")
    assert "without a second reader" in pages.text(mara.get(f"/articles/{article.pk}/editions/1/"))


def test_a_change_shows_what_readers_do_not_see_yet(desk: Desk, browse: Browse, article: Article) -> None:
    ida, jon = browse("ida"), browse("jon")
    does(ida, article, "review")
    does(jon, article, "publish")
    seen = Article.objects.get().changed_at.isoformat()
    desk.advance(minutes=1)
    write(ida, f"/articles/{article.pk}/edit/", text="# Print\n\nPress twice.", seen=seen)
    said = pages.text(ida.get(f"/articles/{article.pk}/"))
    assert "Published, next edition is a draft" in said
    assert "Press **Print**." in said
    assert "Press twice." in said
    late = write(jon, f"/articles/{article.pk}/edit/", text="Mine.", seen=seen)
    assert late.status_code == 422
    assert "Somebody else has changed this article" in pages.text(late)
    assert "Mine." in pages.text(late)
    does(ida, article, "review")
    does(jon, article, "publish")
    shown = ida.get(f"/articles/{article.pk}/editions/2/").content.decode()
    assert 'class="differs-out"' in shown
    assert ida.get(f"/articles/{article.pk}/editions/9/").status_code == 404


def test_it_is_withdrawn_restored_found_right_and_moved(browse: Browse, article: Article) -> None:
    ida, jon = browse("ida"), browse("jon")
    does(ida, article, "review")
    does(jon, article, "publish")
    assert "Noted that it is still right." in does(ida, article, "right")
    assert "The address is labels now" in does(ida, article, "move", address="labels")
    assert "Write the new address" in does(ida, article, "move")
    assert "Say why it is withdrawn" in does(ida, article, "withdraw")
    assert "Withdrawn. No reader" in does(ida, article, "withdraw", note="It is wrong.")
    assert Client().get("/hub/articles/labels/").status_code == 404
    assert "readers see the last edition again" in does(ida, article, "restore")
    assert Client().get("/hub/articles/print-a-label/").status_code == 301
    assert browse("ida").post(f"/articles/{article.pk}/do/nonsense/").status_code == 404


def test_the_preview_is_what_readers_would_see_and_says_what_is_wrong(browse: Browse, article: Article) -> None:
    ida = browse("ida")
    shown = ida.post("/articles/preview/", {"text": "<script>x</script> ![](gone.png)"}).content.decode()
    assert "&lt;script&gt;" in shown
    assert "The picture gone.png is not among the files" in shown
    assert "Write, and it is shown here." in ida.post("/articles/preview/", {"text": ""}).content.decode()
    files = {"attached": [SimpleUploadedFile("dialog.png", PNG)]}
    assert "Added." in pages.text(ida.post(f"/articles/{article.pk}/files/", files, follow=True))
    said = ida.post("/articles/preview/", {"text": "![Dialog](dialog.png)", "article": article.pk}).content.decode()
    file = article.files.get()
    assert f'src="/articles/files/{file.pk}/"' in said
    assert ida.get(f"/articles/files/{file.pk}/")["Content-Type"] == "image/png"
    assert "Choose a file first" in pages.text(ida.post(f"/articles/{article.pk}/files/", follow=True))
    assert "is taken out" in pages.text(ida.post(f"/articles/files/{file.pk}/remove/", follow=True))


def test_an_empty_file_is_refused_in_words(browse: Browse, article: Article) -> None:
    files = {"attached": [SimpleUploadedFile("a.png", b"x" * 5_000_001)]}
    assert "larger than 5 MB" in pages.text(browse("ida").post(f"/articles/{article.pk}/files/", files, follow=True))


def test_articles_are_narrowed_and_paged(browse: Browse, article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    ida = browse("ida")
    assert "Nothing matches" in pages.text(ida.get("/articles/?state=published"))
    assert "Print a <label>" in pages.text(ida.get("/articles/?text=press&audience=public&state=draft&product=none"))
    monkeypatch.setattr(views, "PAGE", 1)
    write(ida, title="Order labels")
    first = ida.get("/articles/").content.decode()
    assert f"after={Article.objects.get(title='Order labels').pk}" in first
    assert "Print a &lt;label&gt;" not in first


def test_a_solution_becomes_an_article_in_two_clicks_without_the_clients_own(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ticket = desk.mail("ana", "Labels are printed askew at Acme Health")
    card = f"/tickets/{ticket.reference}/issues/"
    assert "Turn this solution" not in pages.text(ida.get(card))
    desk.confirm("ida", ticket, 3)
    desk.fix("ida", ticket)
    assert "Turn this solution into an article" in pages.text(ida.get(card))
    form = ida.get(f"/tickets/{ticket.reference}/article/").content.decode()
    assert "Please test the new driver." in form
    assert 'value="Labels are printed askew at your organisation"' in form
    for private in ("Ana", "Okafor", "acme.example"):
        assert private not in form.split('class="halves"')[1]
    write(ida, f"/tickets/{ticket.reference}/article/")
    article = Article.objects.get()
    assert article.ticket == desk.look(ticket)
    assert ticket.reference in pages.text(ida.get(f"/articles/{article.pk}/"))
    assert "Began here Print a <label> Draft Everybody" in pages.text(ida.get(card))
    assert desk.event(desk.look(ticket), "article_begun").payload == {"article": article.pk}
    assert "Article begun from this ticket" in pages.text(ida.get(f"/tickets/{ticket.reference}/"))
    articles.publish(article=article, by=desk.person["mara"], at=desk.now)
    said = ida.get(card)
    assert "Began here Print a <label> Published Everybody As readers see it" in pages.text(said)
    assert 'href="/hub/articles/print-a-label/"' in said.content.decode()


def test_published_articles_are_offered_while_a_subject_is_typed(
    desk: Desk, browse: Browse, article: Article
) -> None:
    ida, jon = browse("ida"), browse("jon")
    assert "Articles" not in pages.text(ida.get("/suggest/?subject=print+label"))
    does(ida, article, "review")
    does(jon, article, "publish")
    assert "Articles Print a <label>" in pages.text(ida.get("/suggest/?subject=print+label"))
    ticket = desk.mail("ana", "We cannot print a label")
    shown = ida.get(f"/tickets/{ticket.reference}/issues/").content.decode()
    assert 'data-put="Print a &lt;label&gt;: http://127.0.0.1:8000/hub/articles/print-a-label/"' in shown


def test_what_is_missing_is_listed_and_dealt_with(desk: Desk, browse: Browse, article: Article) -> None:
    ida, jon = browse("ida"), browse("jon")
    does(ida, article, "review")
    does(jon, article, "publish")
    edition = Article.objects.get().shown
    assert edition is not None
    readers.vote(edition=edition, voter="a", helped=False, at=desk.now, reason="unclear", comment="Which button?")
    readers.looked_in_vain(text="giraffe", at=desk.now)
    said = pages.text(ida.get("/articles/gaps/"))
    assert "I did not understand it" in said
    assert "Which button?" in said
    assert "giraffe 1 time" in said
    for kind, row in (("vote", edition.votes.get()), ("vain", readers.Vain.objects.get())):
        ida.post(f"/articles/gaps/{kind}/{row.pk}/")
    assert "Nothing is missing" in pages.text(ida.get("/articles/gaps/"))


def test_the_list_costs_few_queries(browse: Browse, django_assert_max_num_queries: Any) -> None:
    ida = browse("ida")
    for number in range(12):
        write(ida, title=f"Label {number}")
    ida.get("/articles/")
    with django_assert_max_num_queries(16):
        ida.get("/articles/")
