"""What a sender wants, read from the words: a complaint, the details of a request, or a code that is not for
us.

Nothing here decides: a finding is shown, asked about or used to fill a field that a person can correct.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from mainstay.mail.addresses import looks_automatic
from mainstay.mail.parsed import ParsedMail

# Reply and forward marks in the languages of our clients' correspondents; "R:" is left out, it may be a
# drive.
_PREFIX = re.compile(
    r"\s{0,9}(?:re|fwd?|aw|wg|sv|vs|vb|rv|tr|antw|doorst|odp|ynt|res|enc)"
    r"\s{0,3}(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4})?\s{0,3}[:：]\s{0,9}",
    re.I,
)
_GATEWAY = re.compile(r"\s{0,9}(?:external|ext|caution|ref|r)\s{0,3}[:：]\s{0,9}", re.I)
_TAG = re.compile(r"\[[^\[\]]{0,80}\]|\([^()]{0,80}\)")
_TAG_OF_PROGRAMS = re.compile(
    r"\d|external|ext\b|caution|spam|secure|encrypt|confidential|out of office", re.I
)
_BARE_REFERENCE = re.compile(
    r"\b(?:ticket|case|call|incident|ref|reference)?\s{0,2}#?\s{0,2}[a-z]{0,10}[-#]?\d[\d-]{1,20}\b", re.I
)
# Letters of other alphabets that look like those of the word: whoever has such a keyboard means what is read.
_LOOK_ALIKES = str.maketrans(
    "\u0441\u03f2\u043e\u03bf\u043c\u0440\u03c1\u04cf\u0430\u03b1\u0456\u03b9\u0442\u03c4", "ccoompplaaiitt"
)
_COMPLAINT = re.compile(r"\b" + r"\W{0,3}".join("complaint") + r"s?\b")


def subject_without_prefixes(subject: str) -> str:
    """Return a subject without the reply and forward marks at its front."""
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return subject.strip()


def complaint(subject: str) -> Literal["complaint", "offered", "none"]:
    """Read a subject as clause 3.10 asks. Case, spacing, reply marks and reference tags do not hide the word.

    `complaint`: the word is all there is. `offered`: it stands within a longer subject, and a person decides.
    """
    plain = unicodedata.normalize("NFKC", subject[:1_000]).casefold()
    if not _COMPLAINT.search(plain):
        return "offered" if _COMPLAINT.search(plain.translate(_LOOK_ALIKES)) else "none"
    bare = _without_tags(plain)
    while found := _PREFIX.match(bare) or _GATEWAY.match(bare):
        bare = bare[found.end() :]
    if _letters(_BARE_REFERENCE.sub(" ", bare)) == "complaint" or _letters(bare) == "complaint":
        return "complaint"
    return "offered"


def _without_tags(subject: str) -> str:
    """Take out what ticket systems and mail gateways put in brackets; others hold the sender's own words."""
    return _TAG.sub(lambda found: " " if _TAG_OF_PROGRAMS.search(found[0]) else found[0], subject)


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalpha())


_LABELS = {
    "organisation": (
        "organisation",
        "organization",
        "organisation name",
        "company",
        "practice",
        "trust",
        "customer",
    ),
    "role": ("role", "my role", "your role", "job title", "job role", "position", "job"),
    "severity": ("severity", "severity level", "sev", "suggested severity", "priority"),
    "urgency": ("urgency", "how urgent"),
    "impact": ("impact", "business impact"),
    "product": ("product", "system", "application", "software", "service", "module"),
    "description": (
        "description",
        "details",
        "problem",
        "issue",
        "summary",
        "what happened",
        "circumstances",
    ),
}
_FIELD = {label: field for field, labels in _LABELS.items() for label in labels}
_LABELLED = re.compile(
    r"[\s>*_#|•·▪–—-]{0,20}(?:\d{1,2}[.)]\s{0,5})?[*_\"'“]{0,3}"
    r"([^\W\d_][^\W\d_ ]{1,20}(?: [^\W\d_]{1,15}){0,3})"
    r"[*_\"'”]{0,3}\s{0,5}(?::|=|\||\t|\s[-–—]\s)[*_]{0,3}(.*)"
)
_GRADES = {
    "high": "high", "urgent": "high", "critical": "high", "very high": "high", "immediate": "high",
    "h": "high", "medium": "medium", "med": "medium", "normal": "medium", "moderate": "medium", "m": "medium",
    "low": "low", "minor": "low", "none": "low", "l": "low",
}  # fmt: skip
_SEVERITY_CLAIM = re.compile(r"\b(?:(?:severity|sev|priority)[\s:#.-]{0,3}|p)([1-9])\b")
_P_NUMBER = re.compile("p[1-9]")
_NUMBER = re.compile(r"(?<!\d)([1-9])(?!\d)")
_BLANK_ANSWER = re.compile(r"[\s._?…<>\[\]()/-]*|(?:n/?a|tbc|unknown|please (?:fill|complete|state).*)", re.I)
_LINES_MOST = 2_000
_LONGEST_LINE = 600


@dataclass(frozen=True, slots=True)
class Details:
    """What a request says of itself (clause 3.2). Empty means: not said."""

    organisation: str = ""
    role: str = ""
    description: bool = False
    urgency: str = ""  # high | medium | low
    impact: str = ""  # high | medium | low
    severity_claimed: int | None = None
    severity_words: str = ""  # as written, also when it is no severity that we know
    product: str = ""

    def missing(self, *, known: Collection[str] = ()) -> tuple[str, ...]:
        """Return what clause 3.2 asks for and neither the mail nor `known` (names as below) supplies."""
        graded = self.severity_claimed is not None or bool(self.urgency and self.impact)
        said = {
            "organisation": bool(self.organisation),
            "role": bool(self.role),
            "description": self.description,
            "severity": graded,
        }
        return tuple(name for name, present in said.items() if not present and name not in known)


def details(subject: str, text: str, *, severities: Mapping[str, int]) -> Details:
    """Read labelled answers (`Organisation: Acme`), however they are bulleted, emphasised or quoted.

    `severities` are the names and levels of the agreement in force, names in lower case. What the sender
    wrote anew goes before what stands in quoted lines. Of a long mail the first 2 000 lines are read. Five words
    of their own, those of the subject included, are a description, unless there are none but the subject: who is in
    a hurry writes little.
    """
    lines = text.split("\n", _LINES_MOST)[:_LINES_MOST]
    answers: dict[str, str] = {}
    quoted: dict[str, str] = {}
    own_words, said_above = 0, len(_TAG.sub(" ", subject_without_prefixes(subject[:1_000])).split())
    for place, line in enumerate(lines):
        is_quoted = line.startswith(">") or line[:4].lstrip().startswith(">")
        labelled = _labelled(line)
        if labelled is None:
            own_words += 0 if is_quoted else line.count(" ") + bool(line)
            continue
        field, value = labelled
        value = value or _answer_below(lines, place)
        if not _BLANK_ANSWER.fullmatch(value):
            (quoted if is_quoted else answers).setdefault(field, value)
    found = {**quoted, **answers}
    severity_words = found.get("severity", "")
    return Details(
        organisation=found.get("organisation", ""),
        role=found.get("role", ""),
        description=bool(found.get("description")) or (own_words > 0 and own_words + said_above >= 5),
        urgency=_grade(found.get("urgency", "")),
        impact=_grade(found.get("impact", "")),
        severity_claimed=_severity(severity_words, severities)
        or _claimed(f"{subject}\n{_head(lines)}", severities),
        severity_words=severity_words,
        product=found.get("product", ""),
    )


def _labelled(line: str) -> tuple[str, str] | None:
    if not (
        ":" in line
        or "=" in line
        or "|" in line
        or "\t" in line
        or " - " in line
        or " – " in line
        or " — " in line
    ):
        return None
    found = _LABELLED.match(line[:_LONGEST_LINE])
    field = _FIELD.get(found[1].casefold()) if found else None
    if found is None or field is None:
        return None
    return field, found[2].strip(" \t*_|\"'“”")[:300]


def _answer_below(lines: list[str], place: int) -> str:
    """Return the next line, when a label stands alone on its own and something else than a label follows."""
    for line in lines[place + 1 : place + 3]:
        if _labelled(line) is not None:
            return ""
        if plain := line.strip(" \t>*_•-"):
            return plain[:300]
    return ""


def _grade(value: str) -> str:
    words = value.casefold().strip(" .!")
    first = re.split(r"[\s,;(/.-]", words, maxsplit=1)[0]
    return _GRADES.get(words) or _GRADES.get(first, "")


def _severity(value: str, severities: Mapping[str, int]) -> int | None:
    words = value.casefold()
    number = _NUMBER.search(words)
    if number and int(number[1]) in severities.values():
        return int(number[1])
    return next(
        (level for name, level in severities.items() if re.search(rf"\b{re.escape(name)}\b", words)), None
    )


def _claimed(text: str, severities: Mapping[str, int]) -> int | None:
    """Return a severity named in passing: `SEV1`, `Severity 2`, `P1`."""
    plain = text.casefold()
    if "sev" not in plain and "priority" not in plain and not _P_NUMBER.search(plain):
        return None  # far faster than the pattern, and true of nearly every mail
    levels = {int(found[1]) for found in _SEVERITY_CLAIM.finditer(plain)} & set(severities.values())
    return levels.pop() if len(levels) == 1 else None  # two different claims are no claim


def _head(lines: list[str]) -> str:
    return "\n".join(line[:_LONGEST_LINE] for line in lines[:40] if not line.lstrip().startswith(">"))


_ISSUERS = frozenset((
    "apple.com", "slack.com", "google.com", "atlassian.com", "atlassian.net", "github.com", "gitlab.com",
    "microsoft.com", "microsoftonline.com", "live.com", "facebookmail.com", "linkedin.com", "zoom.us",
    "okta.com", "auth0.com", "amazon.com", "amazonaws.com", "discord.com", "notion.so", "dropbox.com",
    "zendesk.com", "figma.com", "miro.com", "trello.com", "asana.com", "x.com", "twitter.com", "paypal.com",
    "openai.com", "cloudflare.com",
))  # fmt: skip
_CODE_WORDS = re.compile(
    r"verification code|security code|confirmation code|log[ -]?in code|sign[ -]?in code|access code"
    r"|one[- ]time (?:pass|code|pin)"
    r"|passcode|\botp\b|magic link|(?:verify|confirm|validate|activate) your"
    r" (?:e-?mail|account|address|identity)"
    r"|(?:reset|change|set) your password|password reset|finish signing (?:up|in)"
    r"|complete your (?:registration|sign-?up)"
    r"|your code is|is your .{0,40}code|invited you to|invitation to join|join .{0,60} on"
    r" (?:slack|github|notion|miro)"
    r"|bestätigungscode|code de vérification|código de verificación",
    re.I,
)


def sign_up_code(mail: ParsedMail) -> str:
    """Say why a mail holds a code or link that proves our address to somebody else's service, or "" (class
    A6).

    Such a mail is for agents only: never shown in the portal, quoted or echoed. Clients who write about codes
    are people with addresses that are read, so they are not meant.
    """
    sender = mail.sender
    if sender is None:
        return ""
    labels = sender.domain.split(".")
    issuer = any(".".join(labels[place:]) in _ISSUERS for place in range(len(labels) - 1))
    by_program = looks_automatic(sender.address) or bool(
        mail.header("auto-submitted") or mail.header("feedback-id")
    )
    if not issuer and not by_program:
        return ""
    found = next((hit for text in _readable(mail) if (hit := _CODE_WORDS.search(text))), None)
    return f"{sender.address} writes of “{found[0][:60]}”" if found else ""


def _readable(mail: ParsedMail) -> Iterator[str]:
    yield mail.subject
    yield mail.body_text[:20_000]
