"""Files of articles that nobody needs: taken away after a time, never one that any text or edition names.

A file is needed while the text being written names it, while any edition has it, shown or not, and while a ticket has
the same content, which is stored once. Whoever has just added one has time to put it into the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.knowledge import markdown
from mainstay.knowledge.attaching import loosen
from mainstay.knowledge.models import Article, ArticleFile, Edition, LooseFile
from mainstay.lib import files, sql
from mainstay.tickets.models import Attachment

GRACE = timedelta(days=30)  # between the last change of what names a file and its end
MOST = 500  # articles, and stored files, in one run; the rest waits for the next


def clean(at: datetime) -> int:
    """Take away what no article has needed for a month. Returns how many stored files went. Harmless twice."""
    for article in _with_old_files(at):
        _take_out(article, at=at)
    return _erase(at)


def _with_old_files(at: datetime) -> list[Article]:
    """Return the articles with files that the text being written might not name, which has rested as long as they."""
    old = ArticleFile.objects.filter(added_at__lt=at - GRACE, article__changed_at__lt=at - GRACE)
    by_article: dict[int, set[str]] = defaultdict(set)
    for article, name in old.values_list("article", "name"):
        by_article[article].add(name)
    found = Article.objects.filter(pk__in=by_article).only("text").order_by("pk")
    return [one for one in found if by_article[one.pk] - set(markdown.files_in(one.text))][:MOST]


@transaction.atomic
def _take_out(article: Article, *, at: datetime) -> None:
    """Take out of the text being written the files that it does not name, looked at again behind a lock."""
    article = sql.lock_rows(Article.objects.all()).get(pk=article.pk)
    if article.changed_at >= at - GRACE:
        return
    unnamed = article.files.filter(added_at__lt=at - GRACE).exclude(name__in=markdown.files_in(article.text))
    loosen(unnamed.values_list("digest", flat=True), at=at - GRACE)  # they have waited already
    unnamed.delete()


def _erase(at: datetime) -> int:
    """Erase the stored files that nothing names, forget those that something does, and wait for what was just put."""
    rested = LooseFile.objects.filter(since__lte=at - GRACE).order_by("since", "pk")
    loose = set(rested.values_list("digest", flat=True)[:MOST])
    needed = _named(loose)
    gone = {one for one in loose if one not in needed and files.remove_rested(one, before=at - GRACE)}
    fresh = {one for one in loose if one not in needed and one not in gone and files.exists(one)}
    LooseFile.objects.filter(digest__in=fresh).update(since=at)
    LooseFile.objects.filter(digest__in=loose - fresh).delete()
    return len(gone)


def _named(digests: Collection[str]) -> set[str]:
    """Return those of the digests that an article's text, an edition or a ticket still has."""
    if not digests:
        return set()
    named = set(ArticleFile.objects.filter(digest__in=digests).values_list("digest", flat=True))
    named |= set(Attachment.objects.filter(digest__in=digests).values_list("digest", flat=True))
    for kept in Edition.objects.exclude(files={}).values_list("files", flat=True).iterator(chunk_size=200):
        named |= {told["digest"] for told in kept.values() if told["digest"] in digests}
    return named
