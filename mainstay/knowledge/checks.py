"""What `mainstay verify` asks of the articles: their files are there, and what readers see is an edition of its own."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from mainstay.knowledge.models import Article, ArticleFile, Edition
from mainstay.lib import files


def faults() -> Iterator[str]:
    """Say which articles show an edition that is not theirs."""
    for article in Article.objects.filter(shown__isnull=False).exclude(shown__article=F("pk")).order_by("pk"):
        yield f"article {article.address}: what readers see is an edition of another article"


def missing_files() -> Iterator[str]:
    """Say which files of articles are gone, or are not what was put there."""
    named = {(one.digest, one.name) for one in ArticleFile.objects.order_by("pk").only("digest", "name")}
    for kept in Edition.objects.exclude(files={}).order_by("pk").values_list("files", flat=True):
        named |= {(told["digest"], name) for name, told in kept.items()}
    for digest, name in sorted(named):
        try:
            files.read(digest)
        except (LookupError, OSError, ValueError) as error:
            yield f"file of an article {name!r} ({digest[:12]}…): {error}"
