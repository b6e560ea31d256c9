"""The Support Hub of the demo: articles in every state, what readers told, and what they looked for in vain."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

from mainstay.cli.demo import cast
from mainstay.contracts.models import Product
from mainstay.knowledge import articles, folder, readers
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article
from mainstay.orgs.models import Person

OLD = timedelta(days=400)  # ago that most were published, so that some are due to be looked at

DRAFT = Content(
    title="Move a board to another ward",
    text="## Before\n\nSay which ward, and from when.\n\n## Move it\n\nOpen **Boards**, choose it, and **Move**.\n",
    audience="public",
)
REVIEWED = Content(
    title="Codes by text message come late",
    summary="Why that happens, and what to use in their place.",
    text=(
        "## What you see\n\nThe code comes after it has expired.\n\n## What helps\n\n"
        "Use [the app](sign-in-with-the-app.md) or your smartcard. From 5.3 on a code lasts ten minutes.\n"
    ),
    audience="public",
)
WRONG = Content(
    title="Restart the whiteboard's computer every night",
    text="Restart it at 03:00.\n",
    audience="signed_in",
)
VOTES = (  # (days ago, article, whether it helped, reason, words)
    (20, "sign-in-with-a-smartcard", True, "", ""),
    (11, "sign-in-with-a-smartcard", True, "", ""),
    (6, "send-a-letter", True, "", ""),
    (4, "sign-in-with-a-smartcard", False, "incomplete", "It does not say what to do with two cards in one reader."),
    (2, "read-the-whiteboard", False, "unclear", "Which of the two rings is meant?"),
)
VAIN = ("dark mode on boards", "fax a letter", "dark mode on boards", "print a shift plan", "dark mode on boards")


def fill(*, at: datetime) -> None:
    """Publish what the files hold, leave some unfinished, and let readers tell."""
    by = {one.key: Person.objects.get(email=one.address) for one in cast.STAFF}
    products = {one.key: one for one in Product.objects.all()}
    writer, reader = by["tess"], by["jon"]
    with resources.as_file(resources.files("mainstay.cli.demo").joinpath("hub")) as place:
        folder.bring_in(Path(place), at=at - OLD, by=None)
    for address in ("sign-in-with-a-smartcard", "send-a-letter", "what-support-includes", "read-the-whiteboard"):
        found = Article.objects.get(address=address)
        articles.find_still_right(article=found, by=reader, at=at - timedelta(days=60))
    _second_edition(writer, reader, at=at - timedelta(days=9))
    articles.begin(content=_about(DRAFT, products["lantern"]), by=writer, at=at - timedelta(days=1))
    waiting = articles.begin(content=_about(REVIEWED, products["turnstile"]), by=writer, at=at - timedelta(days=2))
    articles.ask_review(article=waiting, by=writer, at=at - timedelta(hours=5), note="Is ten minutes right?")
    wrong = articles.begin(content=_about(WRONG, products["lantern"]), by=writer, at=at - timedelta(days=90))
    articles.ask_review(article=wrong, by=writer, at=at - timedelta(days=89))
    articles.publish(article=wrong, by=reader, at=at - timedelta(days=89))
    articles.withdraw(article=wrong, by=reader, at=at - timedelta(days=30), note="It left boards blank before 4.2.")
    _tell(at=at)


def _second_edition(writer: Person, reader: Person, *, at: datetime) -> None:
    """Let one article have been put right, so that its history has a difference to show."""
    found = Article.objects.get(address="report-a-lost-smartcard")
    text = found.text.replace("for up to seven days", "for up to fourteen days")
    said = Content(title=found.title, text=text, summary=found.summary, product=found.product, audience=found.audience)
    articles.write(article=found, content=said, by=writer, at=at)
    articles.ask_review(article=found, by=writer, at=at)
    articles.publish(article=found, by=reader, at=at + timedelta(hours=2))


def _about(content: Content, product: Product) -> Content:
    return Content(content.title, content.text, content.summary, product=product, audience=content.audience)


def _tell(*, at: datetime) -> None:
    for number, (days, address, helped, reason, words) in enumerate(VOTES):
        edition = Article.objects.select_related("shown").get(address=address).shown
        if edition is not None:
            then = at - timedelta(days=days)
            readers.vote(
                edition=edition, voter=f"demo-{number}", helped=helped, at=then, reason=reason, comment=words
            )
    for number, words in enumerate(VAIN):
        readers.looked_in_vain(text=words, at=at - timedelta(days=len(VAIN) - number))
