"""Files of an article: pictures known by their octets, and other files to be downloaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mainstay.core import picture
from mainstay.knowledge.models import Article, ArticleFile, LooseFile
from mainstay.knowledge.rows.articles import State
from mainstay.lib import files, sql
from mainstay.orgs.models import Person
from mainstay.tickets.actions import CannotDo

LARGEST = 5_000_000  # octets of one file
MOST = 50  # files of one article
LONGEST_NAME = 120
DOWNLOAD = "application/octet-stream"  # whatever it is, a browser keeps it and does not open it here

_ODD = re.compile(r"[^\w .()+-]+")


@transaction.atomic
def attach(*, article: Article, name: str, data: bytes, by: Person | None, at: datetime) -> ArticleFile:
    """Add a file under its name, or put it in the place of one that has the name; editions keep the one they had."""
    name = safe_name(name)
    if not data:
        raise CannotDo("%(name)s is empty.", name=name)
    if len(data) > LARGEST:
        raise CannotDo(
            "%(name)s is larger than %(most)s MB. Make it smaller, or link to where it is.",
            name=name,
            most=LARGEST // 1_000_000,
        )
    article = sql.lock_rows(Article.objects.all()).get(pk=article.pk)
    if article.files.exclude(name=name).count() >= MOST:
        raise CannotDo("An article has at most %(most)s files. Take one out first.", most=MOST)
    found = picture.look(data)
    columns = {
        "content_type": found.media if found else DOWNLOAD, "size": len(data), "digest": files.put(data),
        "width": found.width if found else 0, "height": found.height if found else 0, "added_at": at, "added_by": by,
    }  # fmt: skip
    before = article.files.filter(name=name).values_list("digest", flat=True).first()
    kept, _ = ArticleFile.objects.update_or_create(article=article, name=name, defaults=columns)
    if before and before != kept.digest:
        loosen([before], at=at)
    _is_changed(article, by)
    return kept


@transaction.atomic
def detach(*, file: ArticleFile, by: Person, at: datetime) -> None:
    """Take a file out of the text being written. What was published with it keeps it."""
    article = sql.lock_rows(Article.objects.all()).get(pk=file.article_id)
    file.delete()
    loosen([file.digest], at=at)
    _is_changed(article, by)


def loosen(digests: Iterable[str], *, at: datetime) -> None:
    """Have what is stored under these digests looked at later, when nothing may name it any more."""
    for digest in digests:
        LooseFile.objects.update_or_create(digest=digest, defaults={"since": at})


def _is_changed(article: Article, by: Person | None) -> None:
    """Make a draft of what was published or in review: somebody else looks at its files too."""
    if article.state in (State.PUBLISHED, State.REVIEW):
        Article.objects.filter(pk=article.pk).update(state=State.DRAFT, writer=by)


def safe_name(name: str) -> str:
    """Return a file's name without its folder and without signs that mean something in Markdown or an address."""
    last = re.split(r"[/\\]", name)[-1]
    cleaned = " ".join(_ODD.sub("-", last).split()).strip(". ")
    stem, dot, ending = cleaned.rpartition(".")
    kept = f"{stem[: LONGEST_NAME - 1 - len(ending)]}{dot}{ending}" if dot and len(ending) < 12 else cleaned
    return kept[:LONGEST_NAME] or "file"


def is_picture(data: bytes) -> bool:
    """Whether these octets are a picture that we show."""
    return picture.look(data) is not None


def digest_of(data: bytes) -> str:
    """Return the digest that a file is kept under."""
    return hashlib.sha256(data).hexdigest()
