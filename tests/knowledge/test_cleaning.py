"""Files of articles that nobody needs go after a month, and none that any text, edition or ticket has."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

import mainstay
from mainstay.jobs import duties
from mainstay.knowledge import articles, attaching, cleaning
from mainstay.knowledge.articles import Content
from mainstay.knowledge.cleaning import GRACE
from mainstay.knowledge.models import Article, ArticleFile, LooseFile
from mainstay.lib import files
from mainstay.tickets.models import Attachment
from tests.desk import Desk

DAY = timedelta(days=1)


@pytest.fixture
def article(desk: Desk) -> Article:
    return articles.begin(content=Content(title="Print", text="See [a](a.pdf)."), by=desk.person["ida"], at=desk.now)


def add(desk: Desk, article: Article, name: str, data: bytes = b"") -> str:
    """Add a file as of now, on the disk too, and return its digest."""
    data = data or f"%PDF {name}".encode()
    kept = attaching.attach(article=article, name=name, data=data, by=desk.person["ida"], at=desk.now)
    os.utime(files.path_of(kept.digest), (desk.now.timestamp(), desk.now.timestamp()))
    return kept.digest


def pass_by(desk: Desk, span: timedelta) -> int:
    return cleaning.clean(desk.now + span)


def test_a_file_that_the_text_never_named_goes_after_a_month(desk: Desk, article: Article) -> None:
    named, unnamed = add(desk, article, "a.pdf"), add(desk, article, "b.pdf")
    assert pass_by(desk, GRACE) == 0
    assert article.files.count() == 2
    assert pass_by(desk, GRACE + DAY) == 1
    assert [one.name for one in article.files.all()] == ["a.pdf"]
    assert (files.exists(named), files.exists(unnamed)) == (True, False)
    assert pass_by(desk, GRACE + 2 * DAY) == 0, "harmless twice"
    assert LooseFile.objects.count() == 0


def test_a_text_that_was_just_changed_keeps_all_its_files(desk: Desk, article: Article) -> None:
    add(desk, article, "b.pdf")
    later = desk.now + 20 * DAY
    articles.write(article=article, content=Content(title="Print", text="Soon."), by=desk.person["ida"], at=later)
    assert pass_by(desk, GRACE + DAY) == 0
    assert article.files.count() == 1


def test_what_any_edition_has_stays_whatever_becomes_of_the_text(desk: Desk, article: Article) -> None:
    digest = add(desk, article, "a.pdf")
    articles.publish(article=article, by=desk.person["mara"], at=desk.now)
    attaching.detach(file=ArticleFile.objects.get(), by=desk.person["ida"], at=desk.now)
    articles.withdraw(article=article, by=desk.person["ida"], at=desk.now, note="Wrong.")
    assert pass_by(desk, 3 * GRACE) == 0
    assert files.exists(digest)


def test_a_file_that_was_taken_out_or_replaced_goes_unless_something_else_has_its_content(
    desk: Desk, article: Article
) -> None:
    ticket, same = desk.mail("ana", "Cards are not read"), b"%PDF the same"
    first, shared = add(desk, article, "a.pdf", b"%PDF first"), add(desk, article, "c.pdf", same)
    second = add(desk, article, "a.pdf", b"%PDF second")
    message = ticket.messages.first()
    Attachment.objects.create(message=message, name="x.pdf", content_type="x", size=1, digest=shared)
    attaching.detach(file=article.files.get(name="c.pdf"), by=desk.person["ida"], at=desk.now)
    assert pass_by(desk, GRACE - DAY) == 0
    assert pass_by(desk, GRACE + DAY) == 1
    assert [files.exists(one) for one in (first, second, shared)] == [False, True, True]


def test_content_that_somebody_has_just_put_again_is_left_to_them(desk: Desk, article: Article) -> None:
    digest = add(desk, article, "b.pdf")
    attaching.detach(file=article.files.get(), by=desk.person["ida"], at=desk.now)
    at = (desk.now + GRACE).timestamp()
    os.utime(files.path_of(digest), (at, at))
    assert pass_by(desk, GRACE + DAY) == 0
    assert files.exists(digest)
    assert pass_by(desk, 2 * GRACE + 2 * DAY) == 1, "once it has rested"


def test_it_is_a_duty_of_each_day() -> None:
    [duty] = [one for one in duties.registered() if one.action is cleaning.clean]
    assert (duty.name, duty.every) == ("articles: forget files that nothing names", DAY)


def test_only_articles_and_messages_store_files() -> None:
    """Whoever stores files besides is to be asked by `cleaning`, too, before it erases one."""
    home = Path(mainstay.__file__).parent
    storing = {one.relative_to(home).as_posix() for one in home.rglob("*.py") if re.search(r"\bfiles\.put\(", one.read_text())}
    assert storing == {"knowledge/attaching.py", "tickets/content.py"}
