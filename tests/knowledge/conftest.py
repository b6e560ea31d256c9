"""The desk that the stories of the Support Hub begin with, and a short way to an article."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import Product
from mainstay.knowledge import articles
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article
from mainstay.mail import letters
from tests.desk import Desk

Put = Callable[..., Article]


@pytest.fixture
def desk(db: None, settings: Any) -> Iterator[Desk]:
    """The desk on Monday at eight."""
    settings.DEMO = True
    yield Desk()
    letters._vendor.cache_clear()


@pytest.fixture
def lantern(desk: Desk) -> Product:
    return contracts.add_product(key="lantern", name="Lantern")


@pytest.fixture
def put(desk: Desk) -> Put:
    """Return what begins an article by Ida, and publishes it by Jon unless told otherwise."""

    def begun(title: str, text: str = "Some words.", *, published: bool = True, **named: Any) -> Article:
        content = Content(title=title, text=text, **{"audience": "public", **named})
        article = articles.begin(content=content, by=desk.person["ida"], at=desk.now)
        if published:
            articles.ask_review(article=article, by=desk.person["ida"], at=desk.now)
            articles.publish(article=article, by=desk.person["jon"], at=desk.now)
        article.refresh_from_db()
        return article

    return begun
