"""Which mails a person may choose to get, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mainstay.orgs import wishes
from mainstay.orgs.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer, with whether it is chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to choose about."""

    key: str
    label: str
    choices: tuple[Choice, ...]


def choices(wanted: Wishes) -> tuple[Question, ...]:
    """Return the questions, with what is chosen."""
    own = {
        wishes.ALL: _("Everything"),
        wishes.ACT: _("Only what the contract says, and what I must act on"),
    }
    colleagues = {
        wishes.COPIED: _("Where I am in copy"),
        wishes.ACT: _("Where I am in copy, and something is asked"),
        wishes.NONE: _("Nothing"),
    }
    return (
        _question(wishes.OWN, _("My own requests"), own, wanted.own),
        _question(wishes.COLLEAGUES, _("My colleagues' requests"), colleagues, wanted.colleagues),
    )


def _question(key: str, label: str, said: dict[str, str], wanted: str) -> Question:
    return Question(key, label, tuple(Choice(value, words, value == wanted) for value, words in said.items()))
