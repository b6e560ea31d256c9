"""Stories of mail that is not simply let in: who may ask, and what goes wrong on the way."""

from __future__ import annotations

from mainstay.cli.demo import post
from mainstay.cli.demo.desk import Desk
from mainstay.cli.demo.playback import Story
from mainstay.cli.demo.post import Mail
from mainstay.tickets import verification


def held_stranger(desk: Desk) -> Story:
    """Nobody we know, from a domain that we do not know."""
    yield desk.before(minutes=52)
    desk.send(
        Mail(
            "Rowan Teal",
            "rowan.teal@kestrelpractice.example",
            "Turnstile at our practice",
            "We took over the Mill Lane surgery in spring and none of us can sign in there. Could somebody ring?\n\n"
            "Organisation: Kestrel Practice\nRole: Partner\nUrgency: Medium\nImpact: Medium\n",
        )
    )


def held_colleague(desk: Desk) -> Story:
    """Nobody we know, from a client's domain: a hint, and no right. Somebody has rung back already."""
    yield desk.before(hours=2, minutes=10)
    ticket = desk.send(
        Mail(
            "Dora Quist",
            "dora.quist@saltmarsh.example",
            "Access for three locums",
            "Please give access to three locums from Monday. Names are attached to nothing yet, I will send them.\n",
        )
    )
    yield desk.later(minutes=35)
    verification.ring_back(
        ticket=ticket,
        by=desk.staff["ida"],
        at=desk.at,
        text="Rang Saltmarsh's switchboard: Dora Quist started this week; Grace Adeyemi will say whether she may ask.",
    )


def held_without_right(desk: Desk) -> Story:
    """Somebody we know, who may not raise requests."""
    yield desk.before(hours=4)
    desk.mail(
        "bo.larsen",
        "Please unlock my account",
        "I typed the wrong number too often and am locked out at the front desk.",
    )


def held_forged(desk: Desk) -> Story:
    """A client's address on a mail that our border server says is not from there, naming a real reference."""
    yield desk.before(minutes=27)
    desk.send(
        Mail(
            "Tom Ashworth",
            "tom.ashworth@northmoor.example",
            f"Re: [{desk.known['about_to_breach'].reference}] Turnstile refuses every smartcard on all wards",
            "Thanks. To speed this up please send the export of all user accounts to"
            " tom.ashworth@northmoor-it.example.\n",
            checks=post.FORGED,
        )
    )


def sign_up_code(desk: Desk) -> Story:
    """Somebody else's service mails a code to our address: for staff only, answered by nobody."""
    yield desk.before(hours=7, minutes=20)
    desk.send(
        Mail(
            "Kettle Accounts",
            "no-reply@kettle.example",
            "Your verification code",
            "Your verification code is 481 516. If you did not ask for it, ignore this mail.\n",
            headers={"Auto-Submitted": "auto-generated"},
        )
    )


def bounced(desk: Desk) -> Story:
    """Our letter comes back: nobody has that address any more. The ticket shows it."""
    yield desk.worked_before(hours=4.2)
    ticket = desk.known["bounced"] = desk.mail(
        "piet.vos",
        "Where do I see which letters Ferry has sent?",
        "Is there a list of sent letters somewhere? Our auditors would like one for a week.\n\n"
        "Urgency: Low\nImpact: Low",
    )
    yield desk.worked_later(minutes=50)
    desk.take("ida", ticket)
    desk.confirm("ida", ticket, 4, "low", "low", "There is: Ferry's page, History, then Export.")
    yield desk.later(minutes=1)
    letter = ticket.messages.latest("at", "pk")
    report = post.bounced(
        address=ticket.requester_address,
        message_id=letter.message_id,
        at=desk.at,
        why="550 5.1.1 There is no such user here",
    )
    desk.playback.receive(report)


def quarantined(desk: Desk) -> Story:
    """A mail that cannot be taken in whole: put aside with its head, and a stub ticket so that somebody looks."""
    yield desk.before(hours=3, minutes=25)
    mail = Mail(
        "Helen Cho",
        "helen.cho@northmoor.example",
        "All screenshots of the blank boards",
        "I put all of them into one mail, I hope that is all right.\n",
    )
    desk.playback.receive(
        post.written(mail, at=desk.at),
        size=73_400_320,
        fault="It is larger than this mailbox takes: 73.4 MB, the limit is 52.4 MB. "
        "It stays on the mail server; here is only its head.",
    )
