"""The texts of everything Mainstay sends: which there are, which names each may use, and how names are filled
in.

Pure. A text is plain and has no logic: `{{ name }}` stands for a value, names come from a list fixed for each
text, and what a value holds is never read as a text again. A paragraph whose names all have nothing to say is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_NAME = re.compile(r"\{\{\s{0,5}([a-z_]{1,40})\s{0,5}\}\}")
_BRACES = re.compile(r"\{\{.{0,80}|\{%.{0,80}", re.S)
_SHIPPED = Path(__file__).with_name("texts")
_LONGEST = 20_000


class BadText(ValueError):
    """A text cannot be used.

    `faults` says everything that is wrong with it, in words for whoever edits it.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body with names in them."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One text that we send.

    `needs` are the names that must stay in its body, for a promise hangs on them.
    """

    key: str
    title: str
    names: tuple[str, ...]
    needs: tuple[str, ...] = ()
    by_person: bool = True  # a person writes the words it frames


# What each name stands for, and a value to show it with.
NAMES: Mapping[str, tuple[str, str]] = {
    "agent": ("the name of the person who writes", "Ida Flint"),
    "answer_by": ("by when an answer is wanted", "We ask for your answer by Tuesday 24 November 2026, 12:00 GMT."),
    "asked": (
        "what is missing from the request, as a list",
        "Please tell us:\n\n- your role at your organisation",
    ),
    "cause": ("the cause that was found", "Cause: software or service."),
    "clause": ("the clause of the agreement", "5 (Resolution Time)"),
    "closing": (
        "what happens if nobody answers",
        "If we hear nothing within 5 working days we close the request.",
    ),
    "count": ("how many notices there are", "2 notices"),
    "details": ("what is changed or known, in full", "Lists can be printed in two columns."),
    "due": ("when it was due", "Monday 23 November 2026, 16:00 GMT"),
    "effective": ("the day on which a change takes effect", "Tuesday 15 December 2026"),
    "eta": (
        "when we expect it to be solved",
        "We expect to solve it by Tuesday 24 November 2026, 12:00 GMT.",
    ),
    "first": ("the most urgent notice", "MST-100042-7: resolution promise, breached"),
    "greeting": ("the greeting, with the requester's name where we know it", "Dear Ana Okafor,"),
    "hours": (
        "a note when it comes outside service hours",
        "We have received this outside Core Service Hours.",
    ),
    "issue": ("the known issue", "KI-12: Labels are printed askew"),
    "inviter": ("who invites", "Dee Marsh"),
    "kind": ("request or complaint", "request"),
    "link": ("where to read on", "http://127.0.0.1:8000/"),
    "name": ("the name of the person it is for", "Ida Flint"),
    "notes": ("what a release brings", "Labels are printed straight again."),
    "notice": ("how long before it takes effect that is", "14 days' notice"),
    "notices": ("the notices, one a line", "- MST-100042-7: resolution promise, breached"),
    "organisation": ("the client", "Acme Health"),
    "planned": ("the day that is planned now, or what happens instead", "Tuesday 15 December 2026"),
    "products": ("the products that are concerned", "This is about Lantern."),
    "promise": ("the promise that was not met", "resolution"),
    "reason": ("why it is so", "A test found a fault that we want to mend first."),
    "reference": ("the reference of the request", "MST-100042-7"),
    "release": ("the release", "Lantern 5.4"),
    "reopening": ("how the request can be opened again", "You can open it again within 20 working days."),
    "reported": ("when it was reported", "Monday 23 November 2026, 10:02 GMT"),
    "service": ("whether the service is available with the workaround", "The service is available again."),
    "severity": ("the severity, a number", "2"),
    "severity_name": ("the name and the meaning of the severity", "Serious. Major disruption."),
    "standing": ("how far a known issue has come", "A fix is planned for Lantern 5.4."),
    "survey": (
        "the link to the survey about the support, where one is sent",
        "How was our support? Tell us here: http://127.0.0.1:8000/survey/…/",
    ),
    "subject": ("the subject of the request, in the client's words", "Smartcards are not read"),
    "target": ("what that severity promises", "A resolution is due by Monday 23 November 2026, 16:00 GMT."),
    "title": ("what is announced, in a line", "A new way of printing lists"),
    "text": ("what the person wrote", "We have found the cause and are testing a correction."),
    "until": ("until when the link is good", "Monday 30 November 2026, 10:02 GMT"),
    "vendor": ("our name", "Example Software Ltd"),
    "was": ("the day that was planned before", "Tuesday 8 December 2026"),
    "what": ("what this announcement is", "A change is coming"),
    "whom": ("whom it has been escalated to", "Technical Team"),
    "why": ("why it was escalated", "Half of the time for the resolution has passed."),
}

_TO_CLIENT = ("subject", "greeting", "reference", "vendor")
_BY_PERSON = (*_TO_CLIENT, "text", "agent")

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("acknowledgement", "Acknowledgement of a request", (*_TO_CLIENT, "kind", "asked", "hours"),
             ("reference", "asked"), by_person=False),
        # No word of whoever wrote: it may go to somebody who never wrote to us (class A12).
        Kind("neutral_acknowledgement", "Acknowledgement while the sender is not verified",
             ("reference", "asked", "vendor"), ("reference", "asked"), by_person=False),
        Kind("missing_details", "Request for missing details", (*_TO_CLIENT, "asked"), ("reference", "asked"),
             by_person=False),
        Kind("reply", "Reply", _BY_PERSON, ("reference", "text")),
        Kind("severity_confirmation", "Confirmation of the severity",
             (*_BY_PERSON, "severity", "severity_name", "target"), ("reference", "severity", "text")),
        Kind("request_for_information", "Question to the client", (*_BY_PERSON, "answer_by"),
             ("reference", "text", "answer_by")),
        Kind("reminder", "Reminder of a question", (*_TO_CLIENT, "text", "answer_by"), ("reference", "text"),
             by_person=False),
        Kind("progress_update", "Progress update", (*_BY_PERSON, "eta"), ("reference", "text", "eta")),
        Kind("workaround", "Workaround", (*_BY_PERSON, "service"), ("reference", "text", "service")),
        Kind("fix", "Fix for acceptance testing", (*_BY_PERSON, "cause", "closing"), ("reference", "text")),
        Kind("on_site", "Support on site is not included", (*_BY_PERSON, "clause"), ("reference", "clause")),
        Kind("complaint_answer", "Answer to a complaint", _BY_PERSON, ("reference", "text")),
        Kind("closure", "Closure", (*_BY_PERSON, "cause", "reopening", "survey"),
             ("reference", "text", "survey")),
        Kind("closure_after_silence", "Closure after silence", (*_TO_CLIENT, "reopening", "survey"),
             ("reference", "survey"), by_person=False),
        Kind("survey", "Survey after a closing without a letter", (*_TO_CLIENT, "survey"), ("reference", "survey"),
             by_person=False),
        Kind("escalation_notice", "Notice of an escalation", (*_TO_CLIENT, "whom", "why"), ("reference", "whom"),
             by_person=False),
        Kind("breach_notice", "Notice of a breach to the service coordinator",
             ("whom", "reference", "organisation", "promise", "clause", "severity", "reported", "due", "vendor"),
             ("reference", "promise"), by_person=False),
        Kind("release_planned", "A request has its release", (*_TO_CLIENT, "release", "planned"),
             ("reference", "release", "planned"), by_person=False),
        Kind("release_moved", "A release has another day", (*_TO_CLIENT, "release", "was", "planned", "reason"),
             ("reference", "release", "was", "planned"), by_person=False),
        Kind("release_changed", "A request is in another release", (*_TO_CLIENT, "release", "planned", "reason"),
             ("reference", "release", "planned"), by_person=False),
        Kind("release_shipped", "The release with the solution is out",
             (*_TO_CLIENT, "release", "notes", "closing"), ("reference", "release"), by_person=False),
        Kind("known_issue_update", "News of a known issue", (*_TO_CLIENT, "issue", "standing", "details"),
             ("reference", "issue", "standing"), by_person=False),
        # About no request: it goes to everybody concerned.
        Kind("announcement", "Announcement of a change",
             ("what", "greeting", "title", "effective", "notice", "products", "details", "reason", "vendor"),
             ("title", "effective", "details"), by_person=False),
        Kind("invitation", "Invitation to an account",
             ("greeting", "inviter", "organisation", "vendor", "link", "until"), ("organisation", "link", "until"),
             by_person=False),
        Kind("staff_notices", "Notices to staff", ("name", "count", "first", "notices", "link"), ("notices",),
             by_person=False),
    )
}  # fmt: skip


@lru_cache(maxsize=64)
def shipped(key: str) -> Text:
    """Return the text as it is shipped. Raises KeyError for a key that there is not."""
    head, _, body = (_SHIPPED / f"{KINDS[key].key}.txt").read_text(encoding="utf-8").partition("\n\n")
    return Text(head.removeprefix("Subject:").strip(), body.strip())


def check(key: str, text: Text) -> None:
    """Raise BadText with every fault of an edited text at once."""
    kind = KINDS[key]
    faults = []
    if not text.subject.strip() or "\n" in text.subject.strip():
        faults.append("The subject must be one line and not empty.")
    if len(text.subject) + len(text.body) > _LONGEST:
        faults.append(f"It is longer than {_LONGEST} characters.")
    faults += faults_in(text.subject + text.body, kind.names)
    used = _NAME.findall(text.body)
    faults += [f"{{{{ {name} }}}} must stay in: {NAMES[name][0]}." for name in kind.needs if name not in used]
    if faults:
        raise BadText(tuple(faults))


def faults_in(text: str, names: Collection[str]) -> list[str]:
    """Say what is wrong with the names in `text`: those that are not of `names`, and marks that are no names."""
    faults = [
        f"There is no {{{{ {name} }}}} here; there are {', '.join(sorted(names))}."
        for name in dict.fromkeys(_NAME.findall(text))
        if name not in names
    ]
    if stray := _BRACES.search(_NAME.sub("", text)):
        faults.append(f"This is no name in double braces: {stray[0][:30]!r}. Texts have no other marks.")
    return faults


def fill(text: Text, values: Mapping[str, str]) -> Text:
    """Put the values in the place of their names; a name without a value says nothing."""
    paragraphs = [_filled(paragraph, values) for paragraph in re.split(r"\n[ \t]*\n", text.body.strip())]
    subject = _NAME.sub(lambda found: values.get(found[1], ""), text.subject)
    return Text(" ".join(subject.split()), "\n\n".join(one for one in paragraphs if one))


def _filled(paragraph: str, values: Mapping[str, str]) -> str:
    """Fill one paragraph. Lines that hold only names, all of them empty, go.

    So does a paragraph of only such lines.
    """
    lines = []
    for line in paragraph.split("\n"):
        names = _NAME.findall(line)
        if names and not _NAME.sub("", line).strip() and not any(values.get(name) for name in names):
            continue
        lines.append(_NAME.sub(lambda found: values.get(found[1], ""), line).rstrip())
    return "\n".join(lines).strip()


def preview(key: str, text: Text) -> Text:
    """Return the text with sample values, as an editor is shown it. Raises BadText."""
    check(key, text)
    return fill(text, {name: NAMES[name][1] for name in KINDS[key].names})
