"""How clients are asked how the support was, as far as an agreement says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SurveyPart:
    """A part of the support that is rated, asked in these words. `commitment`: only where that is promised."""

    name: str
    words: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Surveying:
    """How clients are asked after a closing. What it leaves open, the desk decides.

    Nobody is asked again within `apart`, in real time. No parts: those of the desk.
    """

    apart: timedelta | None
    parts: tuple[SurveyPart, ...]
    clause: str
