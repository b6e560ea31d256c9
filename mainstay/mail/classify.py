"""What sort of mail this is: written by a person, or by a program that must not be answered.

An automatic mail never moves a state or a clock, and no mail of any automatic sort is answered by a program
(RFC 3834; reliability classes A10, A11). Nothing is dropped here: every mail gets a sort and a reason in
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mainstay.mail import charset, mime
from mainstay.mail.addresses import looks_automatic
from mainstay.mail.evidence import Signer
from mainstay.mail.parsed import File, Limits, ParsedMail

Sort = Literal["own loop", "bounce", "auto-reply", "bulk", "ordinary"]

_REPLY_SUBJECT = re.compile(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|auto|automatische antwort|abwesenheitsnotiz"
    r"|réponse automatique|respuesta automática|resposta automática|risposta automatica|automatisch antwoord"
    r"|automatiskt svar|autosvar|automaattinen vastaus|autoodpowiedź|automatická odpověď)\s{0,3}:",
    re.I,
)
_AWAY_SUBJECT = re.compile(
    r"(?:re:\s{0,3})?(?:i am |i'm )?(?:out of (?:the )?office|on (?:annual )?leave|on holiday"
    r"|away from (?:the|my) (?:office|desk)"
    r"|abwesend|nicht im büro|absent du bureau|fuera de la oficina)\b",
    re.I,
)
_BOUNCE_SUBJECT = re.compile(
    r"(?:undeliver|undelivered|delivery (?:status notification|failure|has failed|delayed|incomplete)"
    r"|failure notice"
    r"|mail delivery (?:failed|system|failure)|returned mail|delivery to the following|message not delivered"
    r"|unzustellbar|nicht zustellbar|non remis|no se puede entregar|warning: (?:could not send|message))",
    re.I,
)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_REPLY_CODE = re.compile(r"\b([45])\d\d[ -]")
_REPORT_BYTES = 100_000
_RECIPIENTS_MOST = 200


@dataclass(frozen=True, slots=True)
class Own:
    """How this desk recognises itself: the addresses (keys) of all its mailboxes, and what it signs."""

    addresses: frozenset[str]
    signer: Signer


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a mail did not reach.

    Transient means: the peer still tries, or says try again later.
    """

    address: str
    permanent: bool
    status: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says. `token` is filled when it is about a mail that this desk signed.

    Only then may it count against an address: anybody can write a report.
    """

    message_id: str
    token: str | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sort of a mail.

    `bulk` is a list or a program: it may open a ticket, and is never answered by one.
    """

    sort: Sort
    why: str
    bounce: Bounce | None = None

    @property
    def may_answer(self) -> bool:
        """Whether an automatic mail may be sent in answer; how often is for the caller to limit."""
        return self.sort == "ordinary"


def classify(mail: ParsedMail, *, own: Own) -> Verdict:
    """Say what sort of mail this is. Reads kept headers and reports only, never the words of the body."""
    if own.signer.own_token(mail.message_id) is not None:
        return Verdict("own loop", "it is a mail of ours that came back")
    if is_bounce(mail):
        return Verdict("bounce", "it reports on the delivery of a mail", bounce(mail, signer=own.signer))
    sender = mail.sender
    if sender is not None and sender.key in own.addresses:
        return Verdict("own loop", f"it is from our own address {sender.address}")
    if why := _replied_by_program(mail):
        return Verdict("auto-reply", why)
    if why := _sent_by_program(mail):
        return Verdict("bulk", why)
    return Verdict("ordinary", "")


def is_bounce(mail: ParsedMail) -> bool:
    """Say whether a mail is a delivery report, in the standard form or in one of the many others."""
    if mail.report_type == "delivery-status" or mail.header("x-failed-recipients"):
        return True
    if mail.content_type == "multipart/report" and _report(mail) is not None:
        return True
    machine = mail.return_path == "" or (mail.sender is not None and looks_automatic(mail.sender.address))
    return machine and _BOUNCE_SUBJECT.search(mail.subject[:200]) is not None


def bounce(mail: ParsedMail, *, signer: Signer) -> Bounce:
    """Read a delivery report: which mail of ours it is about, which recipients, for good or for now."""
    message_id = _original_id(mail, signer)
    report = _report(mail)
    failures = tuple(_failures(report.data)) if report else ()
    if not failures:
        failures = tuple(_informal_failures(mail))
    return Bounce(message_id, signer.own_token(message_id), failures[:_RECIPIENTS_MOST])


def _report(mail: ParsedMail) -> File | None:
    wanted = ("message/delivery-status", "message/global-delivery-status")
    return next((file for file in mail.files if file.declared_type in wanted), None)


def _failures(data: bytes) -> Iterator[Failure]:
    """Read the per-recipient groups of RFC 3464."""
    text = charset.body(charset.decode(data[:_REPORT_BYTES])[0])
    for group in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in group.split("\n"):
            if line[:1] in (" ", "\t") and name:
                fields[name] = (fields[name] + " " + line.strip())[:2_000]
                continue
            name, colon, value = line.partition(":")
            name = name.strip().lower() if colon else ""
            if name:
                fields.setdefault(name, value.strip())
        recipient = fields.get("final-recipient") or fields.get("original-recipient")
        action = fields.get("action", "").lower()
        if recipient and action not in ("delivered", "relayed", "expanded"):
            status = fields.get("status", "")
            words = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get(
                "diagnostic-code", ""
            )
            address = recipient.partition(";")[2].strip() or recipient
            yield Failure(
                address.strip("<>")[:320],
                action != "delayed" and _permanent(status, words),
                status[:40],
                words[:500],
            )


def _permanent(status: str, words: str) -> bool:
    """Say whether a failure is for good. A full mailbox is not, whatever class the peer gives it."""
    found = _STATUS.search(status) or _STATUS.search(words)
    if found:
        return found[1] == "5" and ".2.2" not in found[0]
    code = _REPLY_CODE.search(words)
    return code is not None and code[1] == "5"


def _informal_failures(mail: ParsedMail) -> Iterator[Failure]:
    """Read the reports of programs that do not follow the standard. Their word for the recipient is taken."""
    words = " ".join(mail.body_text[:2_000].split())
    for_now = _STATUS.search(words) or _REPLY_CODE.search(words)
    for address in mail.header("x-failed-recipients").split(",")[:_RECIPIENTS_MOST]:
        if "@" in address:
            permanent = for_now is None or _permanent("", words)
            yield Failure(address.strip()[:320], permanent, "", words[:500])


def _original_id(mail: ParsedMail, signer: Signer) -> str:
    """Return the Message-ID of the mail reported on: ours if any is, else that in the returned head."""
    returned = ""
    for file in mail.files:
        if file.declared_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
            "message/rfc822-headers",
        ):
            head, _ = mime.read_head(file.data, 0, len(file.data), Limits())
            returned = returned or charset.line(head.first(b"message-id"))[:1_000]
    candidates = [returned, *mail.in_reply_to, *mail.references]
    candidates += re.findall(
        r"<out\.[a-z0-9]{1,40}\.[0-9a-f]{32}@[^<>@\s]{1,253}>", mail.body_text[:_REPORT_BYTES]
    )
    return next((one for one in candidates if signer.own_token(one) is not None), returned)


def _replied_by_program(mail: ParsedMail) -> str:
    """Say why this mail is an automatic reply, or ""."""
    if mail.header("auto-submitted").partition(";")[0].strip().lower() in ("auto-replied", "auto-notified"):
        return "it says that a program replied"
    if mail.content_type == "multipart/report":
        return "it is a report by a program, such as a read receipt"
    if mail.header("x-autoreply") or mail.header("x-autorespond") or mail.header("x-autoresponse"):
        return "it says that it is an automatic reply"
    if _precedence(mail) == "auto_reply" or mail.header("x-ms-exchange-inbox-rules-loop"):
        return "it says that it is an automatic reply"
    if _REPLY_SUBJECT.match(mail.subject):
        return "its subject is that of an automatic reply"
    if mail.return_path == "":
        return "it has no return path, as only automatic mail has"
    if _AWAY_SUBJECT.match(mail.subject) and (mail.in_reply_to or mail.references):
        return "it answers a mail with a note of absence"
    return ""


def _sent_by_program(mail: ParsedMail) -> str:
    """Say why this mail was sent by a list or a program, or ""."""
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "it says that a program wrote it"
    if _precedence(mail) in ("bulk", "junk", "list"):
        return f"it says that it is {_precedence(mail)} mail"
    if any(name.startswith("list-") for name, _ in mail.headers):
        return "it came through a mailing list"
    if mail.header("x-loop") or mail.header("x-mainstay-loop"):
        return "it carries the mark of another program against loops"
    suppressed = mail.header("x-auto-response-suppress").lower()
    if any(word in suppressed for word in ("all", "autoreply", "oof")):
        return "it asks not to be answered automatically"
    if mail.sender is not None and looks_automatic(mail.sender.address):
        return f"nobody reads {mail.sender.address}"
    return ""


def _precedence(mail: ParsedMail) -> str:
    return (mail.header("precedence") or mail.header("x-precedence")).strip().lower()
