"""Pages: reading a table of an agreement file, and collecting everything that is wrong with it.

Nothing is raised while reading. A fault is noted with its place, what is wrong and what to do, a harmless
value stands in, and reading goes on, so that the author sees every fault in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TypeVar

from mainstay.core.units import KNOWN_UNITS, BadUnit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an agreement, at `path`, such as `commitment[2].targets.3`, counted from 0."""

    path: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}. {self.remedy}"


class AgreementFaults(ValueError):
    """The agreement cannot be used. `faults` holds every fault found, part by part."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Page:
    """One table of the file while it is read. What nobody asked for by the end is an unknown key."""

    __slots__ = ("_asked", "faults", "path", "table")

    def __init__(self, table: Mapping[str, object], path: str, faults: list[Fault]) -> None:
        self.table, self.path, self.faults = table, path, faults
        self._asked: list[str] = []

    def place(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(self.place(key) if key else self.path, message, remedy))

    def get(self, key: str) -> object:
        self._asked.append(key)
        return self.table.get(key)

    def has(self, key: str) -> bool:
        self._asked.append(key)
        return key in self.table

    def text(self, key: str, default: str | None = None) -> str:
        """Return the words at `key`; without a default it must be there and say something."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.strip():
            return value
        said = "is missing" if value is None else f"is {value!r}, which is no text"
        self.fault(key, said, f'Write {key} = "...".')
        return ""

    def clause(self) -> str:
        """Return the clause of this table, which every term needs."""
        value = self.get("clause")
        if isinstance(value, str) and value.strip():
            return value
        self.fault(
            "clause", "is missing: every term cites its clause", 'Add a line such as clause = "5 (10)".'
        )
        return ""

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.get(key)
        if isinstance(value, bool) or value is None:
            return default if value is None else value
        self.fault(key, f"is {value!r}", "Write true or false, without quotes.")
        return default

    def number(self, key: str) -> int:
        """Return a whole number above zero."""
        value = self.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        said = "is missing" if value is None else f"is {value!r}"
        self.fault(key, said, f"Write a whole number above zero, such as {key} = 1.")
        return 1

    def day(self, key: str) -> date:
        value = self.get(key)
        try:
            found = date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            found = None
        if isinstance(found, date):
            return found
        said = "is missing" if value is None else f"is {value!r}, which is no date"
        self.fault(key, said, f"Write a date, such as {key} = 2026-01-01.")
        return date.min

    def known(self, key: str, allowed: Collection[str], what: str, default: str | None = None) -> str:
        """Return the word at `key`, one of `allowed`. `what` names the kind of thing, for people."""
        word = self.text(key, default)
        if word:
            self.check(key, word, allowed, what)
        return word

    def known_words(self, key: str, allowed: Collection[str], what: str) -> tuple[str, ...]:
        """Return the list of words at `key`, empty where there is none."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            self.fault(key, f"is {value!r}, which is no list of words", f'Write {key} = ["..."].')
            return ()
        for place, word in enumerate(value):
            self.check(f"{key}[{place}]", word, allowed, what)
        return tuple(value)

    def check(self, key: str, word: str, allowed: Collection[str], what: str) -> None:
        if word not in allowed:
            self.fault(
                key,
                f"{word!r} is no {what}",
                f"{nearest(word, allowed)}Known: {', '.join(allowed) or 'none'}.",
            )

    def unit(self, key: str, read: Callable[[str], T], otherwise: T, example: str = KNOWN_UNITS) -> T:
        """Return what `read` makes of the text at `key`."""
        text = self.text(key)
        return self.measure(key, text, read, otherwise, example) if text else otherwise

    def measure(
        self, key: str, text: object, read: Callable[[str], T], otherwise: T, example: str = KNOWN_UNITS
    ) -> T:
        try:
            return read(text if isinstance(text, str) else repr(text))
        except BadUnit as bad:
            self.fault(key, str(bad), f"Write it like {example}.")
            return otherwise

    def span(self, key: str, read: Callable[[str], timedelta], example: str) -> timedelta:
        """Return a span above zero."""
        span = self.unit(key, read, timedelta(1), example)
        if not span:
            self.fault(key, "is no time at all", f"Write it like {example}.")
        return span

    def spans(self, key: str, read: Callable[[str], timedelta], example: str) -> tuple[timedelta, ...]:
        """Return the list of spans at `key`, each above zero, empty where there is none."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.fault(key, f"is {value!r}, which is no list", f"Write {key} = {example}.")
            return ()
        found = [self.measure(f"{key}[{i}]", text, read, timedelta(1), example) for i, text in enumerate(value)]
        if not all(found):
            self.fault(key, "has one of no time at all", f"Write {key} = {example}.")
        return tuple(found)

    def page(self, key: str) -> Page:
        """Return the table at `key`, an empty one where it is missing, with a fault."""
        value = self.get(key)
        if isinstance(value, Mapping):
            return Page(value, self.place(key), self.faults)
        self.fault(
            key,
            "is missing" if value is None else f"is {value!r}, which is no table",
            f"Add [{self.place(key)}].",
        )
        return Page(
            {}, self.place(key), []
        )  # the table is missing as a whole: its lines need no faults of their own

    def pages(self, key: str) -> list[Page]:
        """Return the tables in the list at `key` ([[key]] in the file), none where it is missing."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple) or not all(isinstance(table, Mapping) for table in value):
            self.fault(key, "is no list of tables", f"Write each as [[{self.place(key)}]].")
            return []
        return [Page(table, f"{self.place(key)}[{i}]", self.faults) for i, table in enumerate(value)]

    def named_pages(self, key: str) -> dict[str, Page]:
        """Return the tables under the table at `key` by name ([key.name] in the file)."""
        under = self.page(key)
        return {name: under.page(name) for name in under.table}

    def once(self, key: str, name: str, taken: Collection[str]) -> None:
        """Note a name that something of the same kind already has."""
        if name and name in taken:
            self.fault(key, f"{name!r} is there twice", "Keep one, or give the other another name.")

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.table:
            if key not in self._asked:
                self.fault(
                    str(key),
                    "is not a term we know",
                    f"{nearest(str(key), self._asked)}Correct or remove it.",
                )


def nearest(word: str, words: Collection[str]) -> str:
    near = get_close_matches(word, list(words), n=1)
    return f"Did you mean {near[0]}? " if near else ""
