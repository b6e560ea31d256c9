"""Writing articles and publishing them: a text goes to somebody else for review, and each publication is kept whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mainstay.contracts.models import Product
from mainstay.core.spelling import LONGEST, SHORTEST, ends_of
from mainstay.core.words import address_of, fold, words_of
from mainstay.knowledge import markdown
from mainstay.knowledge.models import Article, ArticleFile, ArticleStep, Edition, EditionWord, FormerAddress
from mainstay.knowledge.rows.articles import LONGEST_ADDRESS, Audience, Kind, State, Step, Written
from mainstay.lib import sql
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Organisation, Person, StaffRole
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.content import NUL
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Ticket

MOST_WORDS = 3_000  # of one edition, that mistyped ones are compared with
COLUMNS = ("title", "summary", "text", "kind", "product_id", "product_version", "audience")
PICTURE, DOWNLOAD = markdown.Place("/there", 1, 1), markdown.Place("/there")


@dataclass(frozen=True, slots=True)
class Content:
    """What an article says, and to whom. Without a product it is about any; `organisations` only for some clients."""

    title: str
    text: str = ""
    summary: str = ""
    kind: str = Kind.GUIDE
    product: Product | None = None
    product_version: str = ""
    audience: str = Audience.SIGNED_IN
    organisations: Sequence[Organisation] = ()

    @property
    def columns(self) -> dict[str, object]:
        """Return what goes into the row itself, where a NUL, which no database keeps in a text, is seen as one."""
        product = self.product.pk if self.product else None
        texts = {name: getattr(self, name).replace(NUL, "\ufffd") for name in COLUMNS if name != "product_id"}
        return {**texts, "product_id": product}


@transaction.atomic
def begin(
    *, content: Content, by: Person | None, at: datetime, address: str = "", ticket: Ticket | None = None
) -> Article:
    """Begin an article as a draft. Without an `address` its title gives one. Raises CannotDo where one is taken.

    The log of the `ticket` whose solution it begins with says so.
    """
    _check(content)
    ticket = locked(ticket) if ticket else None
    article = Article(begun_at=at, changed_at=at, ticket=ticket, writer=by, **content.columns)
    article.address = _free_address(address) if address else _own_address(content.title)
    _index(article)
    article.save(force_insert=True)
    article.organisations.set(content.organisations)
    _keep_step(article, Step.BEGAN, by=by, at=at)
    if ticket is not None:
        happening = Happening(events.ARTICLE_BEGUN, at, {"article": article.pk})
        append(ticket, [happening], actor=by.ref if by else "articles", recorded_at=at)
    return article


@transaction.atomic
def write(*, article: Article, content: Content, by: Person | None, at: datetime, seen: str = "") -> Article:
    """Change the text being written; what readers see stays. Says nothing where nothing is different.

    Whoever writes becomes the writer, and the text a draft: a review was of what it said before. `seen` is the mark
    (`mark_of`) of what the writer began with. Raises CannotDo where somebody else has changed it since.
    """
    _check(content)
    article = _locked(article)
    if seen and seen != mark_of(article):
        raise CannotDo("Somebody else has changed this article since you opened it. Copy your text; look at theirs.")
    organisations = {one.pk for one in content.organisations}
    same = all(getattr(article, name) == value for name, value in content.columns.items())
    if same and organisations == set(article.organisations.values_list("pk", flat=True)):
        return article
    for name, value in content.columns.items():
        setattr(article, name, value)
    article.writer, article.changed_at, article.state = by, at, State.DRAFT
    _index(article)
    article.save()
    article.organisations.set(content.organisations)
    return article


@transaction.atomic
def ask_review(*, article: Article, by: Person, at: datetime, note: str = "") -> Article:
    """Ask for a review of the text as it stands. Raises CannotDo where it cannot be published as it is."""
    article = _locked(article)
    if article.state != State.DRAFT:
        raise CannotDo(
            "This is no draft: %(state)s. Change the text first.", state=State(article.state).label.lower()
        )
    _check_ready(article)
    return _stepped(article, State.REVIEW, Step.REVIEW_ASKED, by=by, at=at, note=note)


@transaction.atomic
def send_back(*, article: Article, by: Person, at: datetime, note: str) -> Article:
    """Send a text that is in review back to its writer, saying what is to be done."""
    article = _locked(article)
    if article.state != State.REVIEW:
        raise CannotDo("This article is not in review any more; look at it again.")
    if not note.strip():
        raise CannotDo("Say what is to be done, in a sentence.")
    return _stepped(article, State.DRAFT, Step.SENT_BACK, by=by, at=at, note=note)


@transaction.atomic
def publish(*, article: Article, by: Person | None, at: datetime, note: str = "") -> Edition:
    """Publish the text as it stands: readers see it from now on, and this edition is kept whole.

    It has been in review, and `by` is somebody else than its writer. A manager may publish alone, which is kept with
    the edition; so may a command (`by` is None). Raises CannotDo.
    """
    article = _locked(article)
    alone = _alone(article, by)
    _check_ready(article)
    last = article.editions.order_by("-number").first()
    edition = Edition(
        article=article, number=last.number + 1 if last else 1, writer=article.writer, published_by=by, alone=alone,
        published_at=at, files=_files_of(article), plain=markdown.plain(article.text),
        head=article.head, body=article.body,
        **{name: getattr(article, name) for name in COLUMNS},
    )  # fmt: skip
    edition.save(force_insert=True)
    edition.organisations.set(article.organisations.all())
    _keep_words(edition, replacing=article.shown_id)
    article.shown, article.checked_at = edition, at
    _stepped(article, State.PUBLISHED, Step.PUBLISHED, by=by, at=at, note=note, edition=edition)
    return edition


@transaction.atomic
def withdraw(*, article: Article, by: Person, at: datetime, note: str) -> Article:
    """Take an article away from its readers, saying why. Its text and its editions stay with the desk."""
    article = _locked(article)
    if article.shown_id is None:
        raise CannotDo("Readers do not see this article, so there is nothing to withdraw.")
    if not note.strip():
        raise CannotDo("Say why it is withdrawn, in a sentence.")
    edition, article.shown = article.shown, None
    EditionWord.objects.filter(edition=edition).delete()
    return _stepped(article, State.WITHDRAWN, Step.WITHDRAWN, by=by, at=at, note=note, edition=edition)


@transaction.atomic
def restore(*, article: Article, by: Person, at: datetime) -> Article:
    """Show readers the last edition again, as it was. A text that was changed since then stays a draft."""
    article = _locked(article)
    edition = article.editions.order_by("-number").first()
    if article.shown_id is not None or edition is None:
        raise CannotDo("There is no withdrawn edition to restore.")
    article.shown = edition
    _keep_words(edition, replacing=None)
    state = State.PUBLISHED if article.state == State.WITHDRAWN else State(article.state)
    return _stepped(article, state, Step.RESTORED, by=by, at=at, edition=edition)


@transaction.atomic
def find_still_right(*, article: Article, by: Person, at: datetime) -> Article:
    """Say that what readers see is still right, so that it leaves the list of those not looked at for long."""
    article = _locked(article)
    if article.shown_id is None:
        raise CannotDo("Readers do not see this article, so nobody needs to check it.")
    article.checked_at = at
    return _stepped(article, State(article.state), Step.CHECKED, by=by, at=at, edition=article.shown)


@transaction.atomic
def move(*, article: Article, address: str, by: Person | None, at: datetime) -> Article:
    """Give an article another address. Whoever comes to one that it had is sent on for good."""
    article = _locked(article)
    wanted = address_of(address, most=LONGEST_ADDRESS)
    if wanted == article.address:
        return article
    article.former_addresses.filter(address=wanted).delete()  # it goes back to where it was
    wanted, before = _free_address(address), article.address
    article.address = wanted
    if article.editions.exists():  # a draft has had no readers who could come back
        FormerAddress.objects.create(article=article, address=before, since=at)
    return _stepped(article, State(article.state), Step.MOVED, by=by, at=at, note=f"{before} to {wanted}")


def mark_of(article: Article) -> str:
    """Return what is different once somebody has changed the text."""
    return article.changed_at.isoformat()


def faults_in(article: Article) -> tuple[str, ...]:
    """Return what stands in the way of publishing the text as it is, in words. Two queries."""
    faults = []
    if not article.text.strip():
        faults.append("Write the text first.")
    if article.audience == Audience.CLIENTS and not article.organisations.exists():
        faults.append("Choose the clients that may read it, or another audience.")
    files = {one.name: PICTURE if one.width else DOWNLOAD for one in article.files.all()}
    return (*faults, *markdown.render(article.text, files=files).faults)


def _check(content: Content) -> None:
    if not content.title.strip():
        raise CannotDo("Give the article a title.")
    if len(content.text) > markdown.LONGEST:
        raise CannotDo(
            "The text is longer than %(most)s characters. Make two articles of it.",
            most=f"{markdown.LONGEST:,}",
        )
    if content.organisations and content.audience != Audience.CLIENTS:
        raise CannotDo("Clients are chosen only where the article is for some clients only.")


def _check_ready(article: Article) -> None:
    faults = faults_in(article)
    if faults:
        raise CannotDo(" ".join(faults))


def _alone(article: Article, by: Person | None) -> bool:
    """Return whether nobody else has reviewed what is to be published. Raises CannotDo where somebody must."""
    if article.state == State.PUBLISHED:
        raise CannotDo("Readers see this text already. Change it first.")
    is_writer = by is None or by.pk == article.writer_id
    if by is not None and not at_least(by, StaffRole.MANAGER):
        if article.state != State.REVIEW:
            raise CannotDo("Ask for a review first. A manager may publish without one.")
        if is_writer:
            raise CannotDo("Somebody else than the writer publishes it. A manager may publish alone.")
    return is_writer


def _free_address(wanted: str) -> str:
    address = address_of(wanted, most=LONGEST_ADDRESS)
    if not address:
        raise CannotDo("An address has letters or figures in it, such as print-a-label.")
    if Article.objects.filter(address=address).exists():
        raise CannotDo("Another article has the address %(address)s. Choose another one.", address=address)
    if FormerAddress.objects.filter(address=address).exists():
        raise CannotDo(
            "The address %(address)s led to another article before and still does. Choose another "
            "one.",
            address=address,
        )
    return address


def _own_address(title: str) -> str:
    """Return an address that nobody has, made of the title."""
    base = address_of(title) or "article"
    taken = {
        *Article.objects.filter(address__startswith=base).values_list("address", flat=True),
        *FormerAddress.objects.filter(address__startswith=base).values_list("address", flat=True),
    }
    address, number = base, 1
    while address in taken:
        number += 1
        address = f"{base}-{number}"
    return address


def _locked(article: Article) -> Article:
    return sql.lock_rows(Article.objects.select_related("shown")).get(pk=article.pk)


def _index(article: Written) -> None:
    article.head = fold(f"{article.title} {article.summary} {article.product_version}")
    article.body = fold(markdown.plain(article.text))


def _files_of(article: Article) -> dict[str, dict[str, object]]:
    """Return the files that the text names, as an edition keeps them."""
    named = markdown.files_in(article.text)
    return {one.name: told(one) for one in article.files.filter(name__in=named).order_by("name")}


def told(file: ArticleFile) -> dict[str, object]:
    """Return what an edition keeps of a file."""
    return {name: getattr(file, name) for name in ("digest", "content_type", "size", "width", "height")}


def _keep_words(edition: Edition, *, replacing: int | None) -> None:
    """Keep the words of what readers see, and of nothing else."""
    EditionWord.objects.filter(edition=replacing).delete()
    words = dict.fromkeys(words_of(f"{edition.title} {edition.summary} {edition.body}"))
    kept = [one for one in words if SHORTEST <= len(one) <= LONGEST and one.isalpha()][:MOST_WORDS]
    EditionWord.objects.bulk_create(
        EditionWord(edition=edition, word=one, begins=ends_of(one)[0], ends=ends_of(one)[1]) for one in kept
    )


def _stepped(
    article: Article, state: State, step: Step, *, by: Person | None, at: datetime, note: str = "",
    edition: Edition | None = None,
) -> Article:  # fmt: skip
    article.state = state
    article.save()
    _keep_step(article, step, by=by, at=at, note=note, edition=edition)
    return article


def _keep_step(
    article: Article, step: Step, *, by: Person | None, at: datetime, note: str = "", edition: Edition | None = None
) -> None:
    note = " ".join(note.split())[:1000]
    ArticleStep.objects.create(article=article, step=step, by=by, at=at, note=note, edition=edition)
