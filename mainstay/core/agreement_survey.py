"""Reading [survey] of the agreement file: how often clients are asked, and what they rate."""

from __future__ import annotations

import re
from collections.abc import Collection

from mainstay.core.agreement_page import Page
from mainstay.core.surveying import Surveying, SurveyPart
from mainstay.core.units import read_real_span

PART, WORDS = re.compile("[a-z0-9][a-z0-9-]{0,39}"), 120  # how a part is named, and the most characters of its words


def read_survey(file: Page, commitments: Collection[str]) -> Surveying | None:
    """Return what [survey] says, None where there is none."""
    if not file.has("survey"):
        return None
    page = file.page("survey")
    survey = Surveying(
        apart=page.span("apart", read_real_span, '"14 calendar days"') if page.has("apart") else None,
        parts=_parts(page.pages("part"), commitments),
        clause=page.clause(),
    )
    if survey.apart is None and not survey.parts:
        page.fault("", "says nothing: neither how often is asked nor what is rated", "Write apart, or [[survey.part]].")
    page.close()
    return survey


def _parts(pages: list[Page], commitments: Collection[str]) -> tuple[SurveyPart, ...]:
    parts: dict[str, SurveyPart] = {}
    for page in pages:
        part = SurveyPart(
            name=page.text("name"),
            words=page.text("words"),
            commitment=page.known("commitment", commitments, "commitment") if page.has("commitment") else "",
        )
        page.once("name", part.name, parts)
        if part.name and not PART.fullmatch(part.name):
            page.fault("name", f"{part.name!r} is no name of a part", 'Use a to z, 0 to 9 and -, such as "speed".')
        if len(part.words) > WORDS:
            page.fault("words", f"are longer than {WORDS} characters", "Ask it in a few words.")
        page.close()
        parts.setdefault(part.name, part)
    return tuple(parts.values())
