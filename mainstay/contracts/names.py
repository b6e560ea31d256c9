"""What people call the keys of an agreement: nobody is shown a word of the file where there is one of the language."""

from __future__ import annotations

from mainstay.core.terms import Terms

PROMISES = {
    "response": "response",
    "resolution": "resolution",
    "guarantee": "first reply",
    "update": "progress update",
    "complaint": "complaint answer",
}
HOURS = {"always": "all"}
CALLED = PROMISES | HOURS


def promise(name: str) -> str:
    """Return what people call a commitment, such as 'First reply'; an agreement may have others than ours."""
    called = CALLED.get(name, name.replace("_", " "))
    return called[:1].upper() + called[1:]


def hours(label: str) -> str:
    """Return what people call the hours of a calendar, by its name or its label: 'core hours' of 'core@2026.1'."""
    name = label.partition("@")[0]
    return f"{CALLED.get(name, name.replace('_', ' '))} hours"


def level(terms: Terms, key: str) -> str:
    """Return how the agreement calls a level of its ladder, such as 'Technical Team'; empty for none."""
    return next((known.whom for known in terms.levels if known.name == key), key.replace("_", " ").capitalize())
