"""Articles from a folder of Markdown files and back into one. The whole folder is checked before anything is written.

A file has a head (`core.front_matter`); pictures and other files lie where the text says, inside the folder. What is
exported can be imported again and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from django.db import transaction

from mainstay.contracts.models import Product
from mainstay.core import front_matter
from mainstay.core.words import address_of
from mainstay.knowledge import articles, attaching, markdown
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article, FormerAddress
from mainstay.knowledge.rows.articles import LONGEST_ADDRESS, Audience, Kind, State
from mainstay.lib import files
from mainstay.orgs.models import Organisation, Person

KEYS = ("title", "address", "summary", "kind", "product", "version", "readers", "clients", "state")
STATES = ("draft", "published")
LARGEST_TEXT = 4 * markdown.LONGEST  # octets of a Markdown file
NAMELESS = ("index", "readme", "article")  # files that are called by their folder

Wrong = Callable[[str, str, str], None]  # told a key of the head, what is wrong, and what to do

_PLACE = re.compile(r"(\]\(\s*)(<[^<>\n]+>|[^\s()<>]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a folder: where, what, and what to do."""

    file: str
    line: int | None
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.message}. {self.remedy}"


class Unfit(ValueError):
    """The folder cannot be imported; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class Done:
    """What an import did, by address."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Read:
    """One file, understood."""

    file: str
    address: str
    content: Content
    published: bool
    beside: dict[str, bytes]


def bring_in(folder: Path, *, at: datetime, by: Person | None = None) -> Done:
    """Add and change articles as the files in `folder` say, found again by their address. Safe to repeat.

    Raises Unfit with every fault there is; then nothing is written. What a file calls published is published.
    """
    faults: list[Fault] = []
    found = list(_all_of(folder.resolve(), faults))
    if not found and not faults:
        faults.append(Fault(str(folder), None, "holds no Markdown file", "Name a folder with files that end in .md"))
    if faults:
        raise Unfit(faults)
    done = Done()
    with transaction.atomic():
        for one in found:
            _put(one, done, at=at, by=by)
    return done


def take_out(folder: Path) -> int:
    """Write every article into `folder`, each in a folder of its own with its files. Returns how many."""
    rows = Article.objects.select_related("product").prefetch_related("organisations", "files").order_by("address")
    number = 0
    for article in rows:
        place = folder / article.address
        place.mkdir(parents=True, exist_ok=True)
        (place / "article.md").write_text(_told(article), encoding="utf-8", newline="\n")
        for one in article.files.all():
            (place / one.name).write_bytes(files.read(one.digest))
        number += 1
    return number


def _told(article: Article) -> str:
    clients = ", ".join(sorted(one.key for one in article.organisations.all()))
    values = {
        "title": article.title, "address": article.address, "summary": article.summary, "kind": article.kind,
        "product": article.product.key if article.product else "", "version": article.product_version,
        "readers": article.audience, "clients": clients,
        "state": "published" if article.state == State.PUBLISHED else "draft",
    }  # fmt: skip
    return front_matter.written(values, article.text)


def _all_of(folder: Path, faults: list[Fault]) -> Iterator[_Read]:
    """Walk the files that can be understood; what is wrong in the others is added to `faults`."""
    seen: dict[str, str] = {}
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        try:
            found = front_matter.read(_octets(_inside(folder, path), LARGEST_TEXT).decode("utf-8"))
        except (OSError, UnicodeDecodeError, ValueError):
            remedy = f"Save it as UTF-8, inside the folder, with at most {LARGEST_TEXT:,} octets"
            faults.append(Fault(name, None, "cannot be read", remedy))
            continue
        before = len(faults)
        one = _understood(folder, path, name, found, faults)
        if one.address in seen:
            where = found.lines.get("address")
            faults.append(Fault(name, where, f"has the address of {seen[one.address]}", "Give it another address"))
        seen.setdefault(one.address, name)
        if len(faults) == before:
            yield one


def _understood(
    folder: Path, path: Path, name: str, found: front_matter.Headed, faults: list[Fault]
) -> _Read:
    def wrong(key: str, message: str, remedy: str) -> None:
        faults.append(Fault(name, found.lines.get(key), message, remedy))

    said = {key: found.values.get(key, "") for key in KEYS}
    faults += [Fault(name, line, message, "Write: key: value") for line, message in found.faults]
    for key in found.values:
        if key not in KEYS:
            wrong(key, f"'{key}' is no key", f"Keys are {', '.join(KEYS)}")
    title, text = _title_of(said["title"], found.text)
    if not title:
        wrong("title", "has no title", "Begin the file with a head that has a title, or with a heading")
    for key, most in (("title", 200), ("summary", 300), ("version", 80)):
        if len(said[key]) > most:
            wrong(key, f"the {key} is longer than {most} characters", "Make it shorter")
    choices = {"kind": Kind.values, "readers": Audience.values, "state": list(STATES)}
    for key, allowed in choices.items():
        if said[key] and said[key] not in allowed:
            wrong(key, f"there is no {key} '{said[key]}'", f"Choose one of {', '.join(allowed)}")
            said[key] = ""
    product = Product.objects.filter(key=said["product"]).first() if said["product"] else None
    if said["product"] and product is None:
        wrong("product", f"there is no product '{said['product']}'", "See: mainstay product list")
    keys = [key.strip() for key in said["clients"].split(",") if key.strip()]
    clients = list(Organisation.objects.filter(key__in=keys).order_by("pk"))
    for key in sorted(set(keys) - {one.key for one in clients}):
        wrong("clients", f"there is no client '{key}'", "See: mainstay client list")
    readers = said["readers"] or (Audience.CLIENTS if keys else Audience.SIGNED_IN)
    if bool(keys) != (readers == Audience.CLIENTS):
        wrong("readers", "clients go with the readers 'clients', and only with them", "Change one of the two")
    text, beside = _files_of(folder, path, text, wrong)
    address = address_of(said["address"] or _called(path), most=LONGEST_ADDRESS)
    if not address:
        wrong("address", "has no address", "Give it one of letters and figures, such as print-a-label")
    if FormerAddress.objects.filter(address=address).exists():
        wrong("address", f"'{address}' led to another article before and still does", "Give it another address")
    published = said["state"] == "published"
    for fault in _unready(text, beside) if published else ():
        wrong("state", fault.rstrip("."), "Mend it, or say: state: draft")
    content = Content(
        title=title[:200], text=text, summary=said["summary"], kind=said["kind"] or Kind.GUIDE, product=product,
        product_version=said["version"], audience=readers, organisations=clients if keys else (),
    )  # fmt: skip
    return _Read(name, address, content, published, beside)


def _title_of(said: str, text: str) -> tuple[str, str]:
    """Return the title; where the head has none, the first heading, which then leaves the text."""
    heading = re.match(r"\s*#[ \t]+([^\n]+?)[ \t#]*(?:\n+|$)", text)
    if said or heading is None:
        return said, text
    return heading[1], text[heading.end() :]


def _called(path: Path) -> str:
    return path.parent.name if path.stem.lower() in NAMELESS else path.stem


def _files_of(folder: Path, path: Path, text: str, wrong: Wrong) -> tuple[str, dict[str, bytes]]:
    """Read the files that the text shows or links to; return it with their bare names in place of where they lie."""
    beside: dict[str, bytes] = {}

    def kept(place: re.Match[str]) -> str:
        said = unquote(place[2].strip("<>"))
        if re.match(r"[a-z][a-z0-9+.-]*:|#|/", said, re.I) or re.search(r"\.md(#|$)", said) or "." not in said:
            return place[0]
        try:
            real = _inside(folder, path.parent / said)
            size = real.stat().st_size
            data = _octets(real, attaching.LARGEST) if size <= attaching.LARGEST else b""
        except (OSError, ValueError):
            wrong("", f"the file {said} is not in the folder", "Put it where the text says, or take it out")
            return place[0]
        if not data:
            wrong("", f"the file {said} is empty or larger than 5 MB", "Put another one in its place")
            return place[0]
        name = attaching.safe_name(said)
        if beside.setdefault(name, data) != data:  # editions know their files by the bare name
            wrong("", f"shows two different files called {name}", "Give one of them another name")
        return place[1] + (f"<{name}>" if " " in name else name)

    return _PLACE.sub(kept, text), beside


def _unready(text: str, beside: dict[str, bytes]) -> tuple[str, ...]:
    if not text.strip():
        return ("has no text",)
    if len(text) > markdown.LONGEST:
        return (f"is longer than {markdown.LONGEST:,} characters",)
    places = {
        name: articles.PICTURE if attaching.is_picture(data) else articles.DOWNLOAD for name, data in beside.items()
    }
    return markdown.render(text, files=places).faults


def _inside(folder: Path, path: Path) -> Path:
    """Return the file that `path` is. Raises ValueError for one outside the folder, also behind a link."""
    real = path.resolve()
    if not real.is_relative_to(folder):
        raise ValueError(f"{path} is outside of {folder}")
    return real


def _octets(path: Path, most: int) -> bytes:
    """Return the file. Raises ValueError for what is none, and for more than `most` octets, which are not read."""
    if not path.is_file() or path.stat().st_size > most:
        raise ValueError(f"{path} is no file, or too large")  # a pipe would be waited for without end
    return path.read_bytes()


def _put(one: _Read, done: Done, *, at: datetime, by: Person | None) -> None:
    article = Article.objects.filter(address=one.address).first()
    if article is None:
        article = articles.begin(content=one.content, by=by, at=at, address=one.address)
        told = done.added
    else:
        before = article.changed_at
        article = articles.write(article=article, content=one.content, by=by, at=at)
        told = done.changed if article.changed_at != before else done.unchanged
    for name, data in one.beside.items():
        known = article.files.filter(name=name).first()
        if known is None or known.digest != attaching.digest_of(data):
            attaching.attach(article=article, name=name, data=data, by=by, at=at)
            told = done.changed if told is done.unchanged else told
    article.refresh_from_db()
    if one.published and article.state != State.PUBLISHED:
        articles.publish(article=article, by=by, at=at, note="From a folder of files.")
        told = done.changed if told is done.unchanged else told
    told.append(one.address)
