"""Every letter that we send: what it is called, when it goes to whom, and which names its text may use. Pure.

To add one: an entry here, and its text in `texts/KEY.txt` (a line `Subject: ...`, an empty line, the words). What
stands below the words of every letter (the promise, the reference, how to answer, addresses) comes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mainstay.core.saying import marked

Audience = Literal["client", "account", "sender", "other", "staff"]

CLIENT: Audience = "client"  # somebody of a client, about their own request
ACCOUNT: Audience = "account"  # somebody, about their own account: no word of any request
SENDER: Audience = "sender"  # whoever wrote to us, not known yet: no word of theirs, no link
OTHER: Audience = "other"  # somebody outside who is not the client
STAFF: Audience = "staff"  # our own people


@dataclass(frozen=True, slots=True)
class Kind:
    """One text that we send.

    `needs` are the names that must stay in its body, for a promise hangs on them. `when` says where it comes from.
    `news` is all that a client is told of it who takes links only. `promise`: what is promised next stands below it.
    """

    key: str
    title: str
    names: tuple[str, ...]
    needs: tuple[str, ...] = ()
    by_person: bool = True  # a person writes the words it frames
    when: str = ""
    to: Audience = CLIENT
    news: str = marked("There is news about your request.")
    promise: bool = False


# What each name stands for, and a value to show it with.
NAMES: Mapping[str, tuple[str, str]] = {
    "address": ("the address that it is sent to", "ana@acme.example"),
    "agent": ("the name of the person who writes", "Ida Flint"),
    "answer_by": ("by when an answer is wanted", "We ask for your answer by Tuesday 24 November 2026, 12:00 GMT."),
    "asked": (
        "what is missing from the request, as a list",
        "Please tell us:\n\n- your role at your organisation",
    ),
    "cause": ("the cause that was found", "Cause: software or service."),
    "clause": ("the clause of the agreement", "5 (Resolution Time)"),
    "code": ("the code that the sign-in page asks for", "K7Q-M2X"),
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
    "graded": (
        "the severity with its meaning, where it is confirmed with this letter",
        "It is severity 2: Serious.",
    ),
    "greeting": ("the greeting, with the requester's name where we know it", "Dear Ana Okafor,"),
    "hours": (
        "a note when it comes outside service hours",
        "We have received this outside Core Service Hours.",
    ),
    "issue": ("the known issue", "KI-12: Labels are printed askew"),
    "inviter": ("who invites", "Dee Marsh"),
    "kind": ("request or complaint", "request"),
    "lasts": ("how long the link is good", "10 minutes"),
    "link": ("where to read on", "http://127.0.0.1:8000/"),
    "name": ("the name of the person it is for", "Ida Flint"),
    "notes": ("what a release brings", "Labels are printed straight again."),
    "notice": ("how long before it takes effect that is", "14 days' notice"),
    "news": ("what has happened, in our own fixed words", "We have confirmed the severity of your request."),
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
    "severity_name": ("the name and the meaning of the severity", "Serious. Major disruption"),
    "standing": ("how far a known issue has come", "A fix is planned for Lantern 5.4."),
    "survey": (
        "the link to the survey about the support, where one is sent",
        "How was our support? Tell us here: http://127.0.0.1:8000/survey/…/",
    ),
    "subject": ("the subject of the request, in the client's words", "Smartcards are not read"),
    "target": ("what that severity promises", "Our target for a resolution: 6 hours of service time."),
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
        Kind(
            "acknowledgement", "Acknowledgement of a request", (*_TO_CLIENT, "kind", "asked", "hours"),
            ("reference", "asked"), by_person=False,
            when="At once, when an authorised user's request has been logged. It also asks for what is missing.",
            news=marked("We have logged your request."), promise=True,
        ),
        # No word of whoever wrote: it may go to somebody who never wrote to us (class A12).
        Kind(
            "neutral_acknowledgement", "Acknowledgement while the sender is not verified",
            ("reference", "asked", "vendor"), ("reference", "asked"), by_person=False, to=SENDER,
            when="At once, when a request is held because we do not know who is writing; once an hour for an address.",
        ),
        Kind(
            "missing_details", "Request for missing details", (*_TO_CLIENT, "asked"), ("reference", "asked"),
            by_person=False,
            when="When a held request has been verified and details are still missing.",
            news=marked("We need a little more from you to work on your request."),
        ),
        Kind(
            "reply", "Reply", _BY_PERSON, ("reference", "text"),
            when="When a colleague answers from the composer of a ticket.",
            news=marked("We have written an answer to you."), promise=True,
        ),
        Kind(
            "severity_confirmation", "Confirmation of the severity",
            (*_BY_PERSON, "severity", "severity_name", "target"), ("reference", "severity", "text"),
            when="When a colleague confirms the severity. The response clock ends once it has been accepted.",
            news=marked("We have confirmed the severity of your request."), promise=True,
        ),
        Kind(
            "request_for_information", "Question to the client", (*_BY_PERSON, "answer_by"),
            ("reference", "text", "answer_by"),
            when="When a colleague asks the client. The resolution clock rests once it has been accepted.",
            news=marked(
                "We have a question for you. While we wait for your answer, the time for the resolution does not run."
            ),
            promise=True,
        ),
        Kind(
            "reminder", "Reminder of a question", (*_TO_CLIENT, "text", "answer_by"), ("reference", "text"),
            by_person=False, when="By itself, when a question has had no answer for the time that the agreement names.",
            news=marked(
                "We still wait for your answer to our question. Until then the time for the resolution does not run."
            ),
            promise=True,
        ),
        Kind(
            "progress_update", "Progress update", (*_BY_PERSON, "eta"), ("reference", "text", "eta"),
            when="When a colleague sends a progress update. The update clock begins its next round.",
            news=marked("We have written down where your request stands."), promise=True,
        ),
        Kind(
            "workaround", "Workaround", (*_BY_PERSON, "service"), ("reference", "text", "service"),
            when="When a colleague offers a workaround.",
            news=marked("There is a way to go on until your request is solved for good."),
        ),
        Kind(
            "fix", "Fix for acceptance testing", (*_BY_PERSON, "cause", "closing"), ("reference", "text"),
            when="When a colleague offers a fix. The resolution clock ends once it has been accepted.",
            news=marked("We have a solution for your request and ask you to test it."),
        ),
        Kind(
            "on_site", "Support on site is not included", (*_BY_PERSON, "clause"), ("reference", "clause"),
            when="When a client asks for support on site and the contract does not include it.",
            news=marked("We have answered your question about support on site."),
        ),
        Kind(
            "complaint_answer", "Answer to a complaint", _BY_PERSON, ("reference", "text"),
            when="When a colleague answers a complaint. The complaint's clock ends once it has been accepted.",
            news=marked("We have answered your complaint."),
        ),
        Kind(
            "closure", "Closure", (*_BY_PERSON, "cause", "reopening", "survey"),
            ("reference", "text", "survey"),
            when="When a colleague closes a ticket, alone or with others.", news=marked("We have closed your request."),
        ),
        Kind(
            "closure_after_silence", "Closure after silence", (*_TO_CLIENT, "reopening", "survey"),
            ("reference", "survey"), by_person=False,
            when="By itself, when a fix has met with silence for the time that the agreement names.",
            news=marked("We have closed your request, as we have heard nothing since we sent you a solution."),
        ),
        Kind(
            "survey", "Survey after a closing without a letter", (*_TO_CLIENT, "survey"), ("reference", "survey"),
            by_person=False, when="When a ticket is closed because the client accepted its solution.",
            news=marked("Your request is closed, as you accepted its solution."),
        ),
        Kind(
            "escalation_notice", "Notice of an escalation", (*_TO_CLIENT, "whom", "why"), ("reference", "whom"),
            by_person=False, when="By itself, at each step of the ladder that tells the client.",
            news=marked("Your request has been escalated within our organisation."), promise=True,
        ),
        Kind(
            "release_planned", "A request has its release", (*_TO_CLIENT, "release", "planned"),
            ("reference", "release", "planned"), by_person=False, when="When a request is put into a release.",
            news=marked("What you asked for is planned for a release."),
        ),
        Kind(
            "release_moved", "A release has another day", (*_TO_CLIENT, "release", "was", "planned", "reason"),
            ("reference", "release", "was", "planned"), by_person=False,
            when="When the planned day of a release changes, to the requester of each request in it.",
            news=marked("The release that your request waits for has another day."),
        ),
        Kind(
            "release_changed", "A request is in another release", (*_TO_CLIENT, "release", "planned", "reason"),
            ("reference", "release", "planned"), by_person=False,
            when="When a request is taken out of a release or put into another.",
            news=marked("Your request no longer waits for the release that we named."),
        ),
        Kind(
            "release_shipped", "The release with the solution is out",
            (*_TO_CLIENT, "release", "notes", "closing"), ("reference", "release"), by_person=False,
            when="When a release is out, to the requester of each request in it.",
            news=marked("The release with the solution for your request is out. Please test it and tell us."),
        ),
        Kind(
            "known_issue_update", "News of a known issue", (*_TO_CLIENT, "issue", "standing", "details"),
            ("reference", "issue", "standing"), by_person=False,
            when="When news of a known issue is told, to the requester of each request that is about it.",
            news=marked("There is news of the known issue that your request is about."),
        ),
        # About no request: it goes to everybody concerned.
        Kind(
            "announcement", "Announcement of a change",
            ("what", "greeting", "title", "effective", "notice", "products", "details", "reason", "vendor"),
            ("title", "effective", "details"), by_person=False,
            when="When an announcement is published, to everybody concerned.", news=marked("A change is coming."),
        ),
        Kind(
            "announcement_withdrawn", "A change that was announced does not come",
            ("greeting", "title", "effective", "products", "reason", "vendor"), ("title", "reason"), by_person=False,
            when="When an announcement is withdrawn, to whoever was told of the change.",
            news=marked("A change that we announced does not come."),
        ),
        Kind(
            "link_only", "News for a client who takes links only", ("reference", "news", "graded", "survey", "vendor"),
            ("reference", "news", "graded"), by_person=False,
            when="In place of every other letter, to a client whose rules for secure mail allow no content.",
        ),
        Kind(
            "link_only_news", "News about no request, for a client who takes links only", ("news", "vendor"), ("news",),
            by_person=False,
            when="In place of news that is about no request of theirs, such as a release, to such a client.",
        ),
        Kind(
            "breach_notice", "Notice of a breach to the service coordinator",
            ("whom", "reference", "organisation", "promise", "clause", "severity", "reported", "due", "vendor"),
            ("reference", "promise"), by_person=False, to=OTHER,
            when="By itself, when a promise is broken for which the agreement names somebody outside to be told.",
        ),
        Kind(
            "invitation", "Invitation to an account",
            ("greeting", "inviter", "organisation", "vendor", "link", "until"), ("organisation", "link", "until"),
            by_person=False, to=ACCOUNT, when="When somebody is invited to an account, and when that is sent again.",
        ),
        Kind(
            "sign_in", "Link and code to sign in by", ("greeting", "link", "code", "lasts", "vendor"),
            ("link", "code", "lasts"), by_person=False, to=ACCOUNT,
            when="When somebody with an account at a client asks to sign in by mail.",
        ),
        Kind(
            "new_password", "Link to choose a password", ("greeting", "link", "lasts", "vendor"), ("link", "lasts"),
            by_person=False, to=ACCOUNT,
            when="When somebody has forgotten their password, and when a colleague is invited to the desk.",
        ),
        Kind(
            "no_account", "There is no account to sign in with", ("address", "vendor"), by_person=False, to=ACCOUNT,
            when="When somebody asks to sign in by mail with an address that it cannot be done with.",
        ),
        Kind(
            "staff_notices", "Notices to staff", ("name", "count", "first", "notices", "link"), ("notices",),
            by_person=False, to=STAFF,
            when="Every half minute, to colleagues who have notices that they want by mail; bundled.",
        ),
    )
}  # fmt: skip
