"""Articles are written, reviewed by somebody else, published as editions, withdrawn, restored and moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mainstay.knowledge import articles, attaching, hub, shelf
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article, EditionWord
from mainstay.lib import files
from mainstay.tickets.actions import CannotDo
from tests.desk import Desk
from tests.knowledge.conftest import Put

LABELS = Content(title="Print a label", text="Choose the driver, then press **Print**.", audience="public")
# A picture of one point.
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def steps(article: Article) -> list[str]:
    return [f"{one.by.name.split()[0] if one.by else 'A command'} {one.get_step_display()}" for one in shelf.history(article)]


def test_an_article_goes_from_draft_through_review_to_its_readers(desk: Desk) -> None:
    ida, jon = desk.person["ida"], desk.person["jon"]
    article = articles.begin(content=LABELS, by=ida, at=desk.now)
    assert (article.address, article.state) == ("print-a-label", "draft")
    assert not hub.visible_articles(None, at=desk.now).exists()
    articles.ask_review(article=article, by=ida, at=desk.now)
    edition = articles.publish(article=article, by=jon, at=desk.now)
    assert (edition.number, edition.alone, edition.published_by) == (1, False, jon)
    assert hub.article_at("print-a-label", None, at=desk.now) == edition
    assert steps(article) == ["Jon published it", "Ida asked for a review", "Ida began it"]


def test_nobody_publishes_their_own_text_but_a_manager_which_is_kept(desk: Desk) -> None:
    ida, mara = desk.person["ida"], desk.person["mara"]
    article = articles.begin(content=LABELS, by=ida, at=desk.now)
    with pytest.raises(CannotDo, match="Ask for a review first"):
        articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    articles.ask_review(article=article, by=ida, at=desk.now)
    with pytest.raises(CannotDo, match="Somebody else than the writer"):
        articles.publish(article=article, by=ida, at=desk.now)
    own = articles.begin(content=replace(LABELS, title="Order labels"), by=mara, at=desk.now)
    assert articles.publish(article=own, by=mara, at=desk.now).alone
    assert not articles.publish(article=article, by=mara, at=desk.now).alone


def test_who_changes_a_text_in_review_becomes_its_writer(desk: Desk) -> None:
    ida, jon = desk.person["ida"], desk.person["jon"]
    article = articles.begin(content=LABELS, by=ida, at=desk.now)
    articles.ask_review(article=article, by=ida, at=desk.now)
    article = articles.write(article=article, content=replace(LABELS, text="Other words."), by=jon, at=desk.now)
    assert (article.state, article.writer) == ("draft", jon)
    articles.ask_review(article=article, by=jon, at=desk.now)
    with pytest.raises(CannotDo, match="Somebody else"):
        articles.publish(article=article, by=jon, at=desk.now)
    assert articles.publish(article=article, by=ida, at=desk.now).number == 1


def test_readers_see_the_edition_while_the_next_one_is_written(desk: Desk, put: Put) -> None:
    article = put("Print a label", "Press Print.")
    changed = Content(title="Print a label", text="Press Print twice.", audience="signed_in")
    article = articles.write(article=article, content=changed, by=desk.person["ida"], at=desk.now)
    shown = hub.article_at(article.address, None, at=desk.now)
    assert shown is not None
    assert (shown.text, shown.audience) == ("Press Print.", "public")
    lines = [(one.kind, one.text) for one in shelf.changes_since_shown(article) if one.kind in ("in", "out")]
    assert ("out", "Press Print.") in lines
    assert ("in", "Press Print twice.") in lines
    assert ("in", "Readers: Clients who are signed in") in lines


def test_each_publication_is_kept_whole_with_its_differences(desk: Desk, put: Put) -> None:
    article = put("Print a label", "One.\n\nTwo.")
    articles.write(article=article, content=replace(LABELS, text="One.\n\nThree."), by=desk.person["ida"], at=desk.now)
    articles.ask_review(article=article, by=desk.person["ida"], at=desk.now)
    second = articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    first = shelf.edition_of(article, 1)
    assert first is not None
    assert (first.text, second.text) == ("One.\n\nTwo.", "One.\n\nThree.")
    assert [(one.kind, one.text) for one in shelf.changes_in(second) if one.kind in ("in", "out")] == [
        ("out", "Two."),
        ("in", "Three."),
    ]
    assert {one.kind for one in shelf.changes_in(first)} == {"in"}
    assert "three" in set(EditionWord.objects.values_list("word", flat=True))
    assert EditionWord.objects.exclude(edition=second).count() == 0


def test_the_same_text_again_changes_nothing_and_a_crossing_one_is_refused(desk: Desk, put: Put) -> None:
    article = put("Print a label", LABELS.text)
    assert articles.write(article=article, content=LABELS, by=desk.person["jon"], at=desk.now).state == "published"
    with pytest.raises(CannotDo, match="Readers see this text already"):
        articles.publish(article=article, by=desk.person["mara"], at=desk.now)
    seen = articles.mark_of(article)
    desk.advance(minutes=1)
    articles.write(article=article, content=replace(LABELS, text="A."), by=desk.person["jon"], at=desk.now, seen=seen)
    with pytest.raises(CannotDo, match="Somebody else has changed this article"):
        articles.write(article=article, content=replace(LABELS, text="B."), by=desk.person["ida"], at=desk.now, seen=seen)


def test_a_review_can_end_with_something_to_do(desk: Desk) -> None:
    article = articles.begin(content=LABELS, by=desk.person["ida"], at=desk.now)
    articles.ask_review(article=article, by=desk.person["ida"], at=desk.now)
    with pytest.raises(CannotDo, match="Say what is to be done"):
        articles.send_back(article=article, by=desk.person["jon"], at=desk.now, note=" ")
    sent = articles.send_back(article=article, by=desk.person["jon"], at=desk.now, note="Which driver?")
    assert sent.state == "draft"
    assert shelf.history(article)[0].note == "Which driver?"
    with pytest.raises(CannotDo, match="not in review any more"):
        articles.send_back(article=article, by=desk.person["jon"], at=desk.now, note="Again.")


def test_what_is_withdrawn_is_gone_at_once_and_can_come_back_as_it_was(desk: Desk, put: Put) -> None:
    article = put("Print a label")
    with pytest.raises(CannotDo, match="Say why"):
        articles.withdraw(article=article, by=desk.person["ida"], at=desk.now, note="")
    article = articles.withdraw(article=article, by=desk.person["ida"], at=desk.now, note="It is wrong.")
    assert article.state == "withdrawn"
    assert hub.article_at(article.address, desk.person["ida"], at=desk.now) is None
    assert not EditionWord.objects.exists()
    with pytest.raises(CannotDo, match="nothing to withdraw"):
        articles.withdraw(article=article, by=desk.person["ida"], at=desk.now, note="Again.")
    article = articles.restore(article=article, by=desk.person["ida"], at=desk.now)
    assert (article.state, article.shown is not None) == ("published", True)
    assert hub.article_at(article.address, None, at=desk.now) is not None
    with pytest.raises(CannotDo, match="no withdrawn edition"):
        articles.restore(article=article, by=desk.person["ida"], at=desk.now)


def test_a_text_changed_after_withdrawal_stays_a_draft_when_the_edition_is_restored(desk: Desk, put: Put) -> None:
    article = put("Print a label")
    articles.withdraw(article=article, by=desk.person["ida"], at=desk.now, note="It is wrong.")
    articles.write(article=article, content=replace(LABELS, text="New."), by=desk.person["ida"], at=desk.now)
    assert articles.restore(article=article, by=desk.person["ida"], at=desk.now).state == "draft"


def test_a_moved_article_is_found_at_its_former_addresses_by_who_may_read_it(desk: Desk, put: Put) -> None:
    article, ida = put("Print a label"), desk.person["ida"]
    secret = put("Ledger of Acme", audience="clients", organisations=[desk.acme])
    articles.move(article=article, address="labels", by=ida, at=desk.now)
    articles.move(article=article, address="Print labels!", by=ida, at=desk.now)
    articles.move(article=secret, address="acme-ledger", by=ida, at=desk.now)
    assert hub.moved_to("print-a-label", None, at=desk.now) == "print-labels"
    assert hub.moved_to("labels", None, at=desk.now) == "print-labels"
    assert hub.moved_to("ledger-of-acme", desk.person["cleo"], at=desk.now) == ""
    assert hub.moved_to("ledger-of-acme", desk.person["ana"], at=desk.now) == "acme-ledger"
    with pytest.raises(CannotDo, match="led to another article before"):
        articles.begin(content=LABELS, by=ida, at=desk.now, address="labels")
    with pytest.raises(CannotDo, match="Another article has the address"):
        articles.move(article=secret, address="print-labels", by=ida, at=desk.now)
    with pytest.raises(CannotDo, match="letters or figures"):
        articles.move(article=secret, address="?!", by=ida, at=desk.now)
    back = articles.move(article=article, address="print-a-label", by=ida, at=desk.now)
    assert hub.moved_to("print-labels", None, at=desk.now) == back.address == "print-a-label"
    assert articles.move(article=back, address="print-a-label", by=ida, at=desk.now) == back


def test_the_same_title_twice_has_two_addresses_and_a_draft_leaves_none_behind(desk: Desk, put: Put) -> None:
    assert [put("Print a label").address, put("Print a label", published=False).address] == [
        "print-a-label",
        "print-a-label-2",
    ]
    draft = Article.objects.get(address="print-a-label-2")
    articles.move(article=draft, address="other", by=desk.person["ida"], at=desk.now)
    assert not draft.former_addresses.exists()


@pytest.mark.parametrize(("case", "changed", "fault"), [
    ("no text", {"text": " "}, "Write the text first"),
    ("clients without a client", {"audience": "clients"}, "Choose the clients"),
    ("a picture that is not there", {"text": "![The dialog](a.png)"}, "a.png is not among the files"),
    ("a link to nowhere", {"text": "[x](#gone)"}, "There is no heading #gone"),
])  # fmt: skip
def test_what_is_not_ready_is_not_published(desk: Desk, case: str, changed: dict[str, str], fault: str) -> None:
    article = articles.begin(content=replace(LABELS, **changed), by=desk.person["ida"], at=desk.now)
    for act in (articles.ask_review, articles.publish):
        with pytest.raises(CannotDo, match=fault):
            act(article=article, by=desk.person["mara"], at=desk.now)


@pytest.mark.parametrize(("case", "changed", "fault"), [
    ("no title", {"title": " "}, "title"),
    ("too long", {"text": "x" * 100_001}, "Make two articles"),
])  # fmt: skip
def test_what_makes_no_sense_is_not_kept(desk: Desk, case: str, changed: dict[str, str], fault: str) -> None:
    with pytest.raises(CannotDo, match=fault):
        articles.begin(content=replace(LABELS, **changed), by=desk.person["ida"], at=desk.now)
    with pytest.raises(CannotDo, match="only where"):
        articles.begin(content=replace(LABELS, organisations=[desk.acme]), by=desk.person["ida"], at=desk.now)


def test_an_edition_keeps_its_pictures_whatever_becomes_of_them(desk: Desk, put: Put) -> None:
    ida = desk.person["ida"]
    article = put("Print a label", published=False)
    attaching.attach(article=article, name="C:\\shots\\dialog one.png", data=PNG, by=ida, at=desk.now)
    attaching.attach(article=article, name="notes.pdf", data=b"%PDF-1.7", by=ida, at=desk.now)
    text = "![The dialog](<dialog one.png>) and [notes](notes.pdf)"
    articles.write(article=article, content=replace(LABELS, text=text), by=ida, at=desk.now)
    articles.ask_review(article=article, by=ida, at=desk.now)
    edition = articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    assert edition.files["dialog one.png"]["width"] == 1
    assert edition.files["notes.pdf"]["content_type"] == "application/octet-stream"
    attaching.attach(article=article, name="dialog one.png", data=PNG + b"x", by=ida, at=desk.now)
    article.refresh_from_db()
    assert article.state == "draft"
    attaching.detach(file=article.files.get(name="notes.pdf"), by=ida, at=desk.now)
    kept = shelf.edition_of(article, 1)
    assert kept is not None
    assert files.read(kept.files["dialog one.png"]["digest"]) == PNG
    page = hub.page_of(kept, file="/f/{address}/{digest}/{name}", article="/a/{}/")
    assert 'alt="The dialog" width="1" height="1"' in page.html
    assert 'href="/f/print-a-label/' in page.html


@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/passwd", "passwd"),
    ("a<b>\"c.png", "a-b-c.png"),
    ("...", "file"),
    ("x" * 300 + ".png", "x" * 116 + ".png"),
])  # fmt: skip
def test_a_name_of_a_file_is_made_safe(name: str, safe: str) -> None:
    assert attaching.safe_name(name) == safe


def test_files_have_their_bounds(desk: Desk, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    article = put("Print a label", published=False)
    with pytest.raises(CannotDo, match="is empty"):
        attaching.attach(article=article, name="a.png", data=b"", by=None, at=desk.now)
    with pytest.raises(CannotDo, match="larger than 5 MB"):
        attaching.attach(article=article, name="a.png", data=b"x" * 5_000_001, by=None, at=desk.now)
    monkeypatch.setattr(attaching, "MOST", 1)
    attaching.attach(article=article, name="a.png", data=PNG, by=None, at=desk.now)
    attaching.attach(article=article, name="a.png", data=PNG, by=None, at=desk.now)
    with pytest.raises(CannotDo, match="at most 1 files"):
        attaching.attach(article=article, name="b.png", data=PNG, by=None, at=desk.now)


def test_verify_says_when_a_file_of_an_article_is_gone(desk: Desk, put: Put) -> None:
    article = put("Print a label", published=False)
    kept = attaching.attach(article=article, name="dialog.png", data=PNG, by=None, at=desk.now)
    assert desk.faults() == []
    files.remove(kept.digest)
    assert [fault for fault in desk.faults() if "dialog.png" in fault]
    other = put("Order labels").shown
    Article.objects.filter(address="order-labels").update(shown=None)
    Article.objects.filter(pk=article.pk).update(shown=other)
    assert [fault for fault in desk.faults() if "edition of another article" in fault]
