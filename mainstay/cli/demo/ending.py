"""Stories of requests that are with the client, over, or not as over as they seemed; and of a complaint."""

from __future__ import annotations

from datetime import timedelta

from mainstay.cli.demo.desk import Desk, reply_to
from mainstay.cli.demo.playback import Story
from mainstay.cli.demo.post import File, Mail
from mainstay.tickets import acceptance, complaints, merging
from mainstay.tickets.models import Ticket

LOG = b"\n".join(
    b"10:%02d:07 letter %04d sent, no answer within 60 s, sent again" % (minute, 4200 + minute)
    for minute in range(20)
)


def resolved_for_testing(desk: Desk) -> Story:
    """A fix is with the client for acceptance testing; silence will close it."""
    yield desk.worked_before(hours=19)
    ticket = desk.mail(
        "siobhan.daly",
        "Ferry sends discharge letters twice",
        "About one discharge letter in twenty reaches the practice twice, a minute apart.\n\nUrgency: Medium\n"
        "Impact: Medium\nProduct: Ferry",
    )
    yield desk.worked_later(minutes=35)
    desk.take("jon", ticket)
    desk.confirm("jon", ticket, 3, "medium", "medium", "Thank you for the ratio; that helps.")
    yield desk.worked_later(hours=3)
    desk.ask(
        "jon",
        ticket,
        "Could you send the log of yesterday's transfers? It lies beside the program as ferry.log.",
    )
    yield desk.worked_later(hours=4)
    client_mail = desk.letter(
        "siobhan.daly", "", "The log is attached.", files=(File("ferry.log", "text/plain", LOG),)
    )
    desk.send(reply_to(ticket, client_mail))
    yield desk.worked_later(hours=4)
    desk.update(
        "jon",
        ticket,
        "Found: when an answer takes longer than a minute the letter is sent again. We wait for the answer now.",
    )
    yield desk.worked_later(hours=2)
    desk.fix(
        "jon",
        ticket,
        "Please install version 4.2.1 on the test machine and send a dozen letters to a slow practice.",
        cause="software",
    )


def rejected_fix(desk: Desk) -> Story:
    """A fix failed in acceptance testing: the same clock goes on, without the time it was with the client."""
    yield desk.worked_before(hours=8.5)
    ticket = desk.mail(
        "beth.lindqvist",
        "Turnstile signs people out in the middle of notes",
        "Clinicians are signed out while typing, usually after five minutes. Notes are not lost but trust is.\n\n"
        "Urgency: High\nImpact: Medium",
    )
    yield desk.worked_later(minutes=30)
    desk.take("ida", ticket)
    desk.confirm("ida", ticket, 2, "high", "medium", "We see it too, on one of our test wards.")
    yield desk.worked_later(hours=1.5)
    desk.fix(
        "ida",
        ticket,
        "The idle time was read as seconds. It is corrected; please try with two clinicians.",
        cause="software",
    )
    yield desk.worked_later(hours=2.5)
    desk.answer(
        "beth.lindqvist", ticket, "Tried with four. Two were signed out again, after exactly ten minutes now."
    )
    yield desk.worked_later(minutes=15)
    desk.does(
        acceptance.reject_fix, "ida", ticket, text="Two of four testers are still signed out, after ten minutes."
    )
    yield desk.worked_later(minutes=90)
    desk.update(
        "ida",
        ticket,
        "There are two idle times, and only one was corrected. The second is in the browser part.",
    )
    yield desk.worked_later(minutes=80)
    desk.update("ida", ticket, "The second one is corrected too and runs on our own machines since an hour.")


def worked_around(desk: Desk) -> Story:
    """A workaround with which the service is available: the resolution clock has stopped, the work has not."""
    yield desk.worked_before(hours=10)
    ticket = desk.mail(
        "owen.griffiths",
        "Lantern cannot be reached from the night team's tablets",
        "The night team's tablets show 'not secure' and refuse Lantern. Desktops are fine.\n\n"
        "Urgency: High\nImpact: Medium",
    )
    yield desk.worked_later(minutes=20)
    desk.take("jon", ticket)
    desk.confirm("jon", ticket, 2, "high", "medium")
    yield desk.worked_later(hours=2)
    desk.work_around(
        "jon",
        ticket,
        "The tablets lack this year's root certificate. Install it from your own store, two minutes each, and Lantern"
        " opens.",
    )
    yield desk.worked_later(hours=3)
    desk.answer("owen.griffiths", ticket, "Done on all eleven, they work. Will new tablets need the same?")


def complaint(desk: Desk) -> Story:
    """A complaint with a day left of its seven, escalated, linked to what it is about (clause 3.10)."""
    yield desk.core.add(desk.before(days=11), timedelta(hours=2))
    about = desk.mail(
        "grace.adeyemi",
        "Two practices were given the wrong leaflet",
        "The leaflet you sent with the last change is for hospitals. Ours need the one for practices.\n\n"
        "Urgency: Low\nImpact: Low",
    )
    yield desk.worked_later(hours=1)
    desk.take("ida", about)
    desk.confirm("ida", about, 4, "low", "low")
    yield desk.worked_later(hours=3)
    desk.fix(
        "ida",
        about,
        "The leaflet for practices is on your page now; printed copies are in the post.",
        cause="use",
    )
    yield desk.before(days=6)
    desk.send(
        Mail(
            "Grace Adeyemi",
            "grace.adeyemi@saltmarsh.example",
            f"COMPLAINT [{about.reference}]",
            "This is the third leaflet in a row that was not meant for us. Our staff have stopped reading them, and"
            " last week that cost a morning. I would like to know who checks them.\n\nGrace Adeyemi\nDigital lead\n",
        )
    )
    ticket = desk.known["complaint"] = Ticket.objects.filter(kind="complaint").latest("pk")
    yield desk.later(hours=3)
    desk.take("max", ticket, team="management")
    desk.note(
        "max",
        ticket,
        "She is right. I ask product management who signs leaflets off, and answer this myself.",
    )


def complaint_settled(desk: Desk) -> Story:
    """A complaint that was answered, partly upheld, and ended with what is learnt from it (clause 3.10)."""
    yield desk.core.add(desk.before(days=26), timedelta(hours=3))
    ticket = desk.mail(
        "yusuf.karim",
        "COMPLAINT",
        "On Sunday night I was asked for the same log three times by three people. Each time I had to drive in.",
    )
    yield desk.worked_later(hours=2)
    desk.take("max", ticket, team="management")
    yield desk.worked_later(hours=9)
    desk.does(
        complaints.record_outcome,
        "max",
        ticket,
        finding="partly",
        reason="Two of the three questions were the same. The third asked for another night's log, and had to.",
        lesson="Whoever takes a request over at night reads its open questions first.",
    )
    desk.answer_complaint(
        "max",
        ticket,
        "You were asked twice for what you had sent already, and I am sorry for the drive. From now on our people read"
        " all open questions first. The third question was a new one; we could have said so.",
    )
    yield desk.worked_later(hours=4)
    desk.close("max", ticket, "Thank you for telling us. We have closed your complaint.")


def merged(desk: Desk) -> Story:
    """Two people of one client report the same thing: one ticket goes on, from the earlier start."""
    yield desk.worked_before(hours=3)
    first = desk.mail(
        "helen.cho",
        "Whiteboard clocks are an hour off",
        "All Lantern boards show a clock that is an hour off. Beds are right.\n\nUrgency: Low\nImpact: Medium",
    )
    yield desk.worked_later(minutes=15)
    second = desk.mail(
        "priya.raman",
        "Lantern clock wrong",
        "Several wards rang about the clock on the boards. It is one hour ahead.\n\nUrgency: Medium\nImpact: Medium",
    )
    yield desk.worked_later(minutes=20)
    merging.merge(ticket=second, into=first, by=desk.staff["ida"], at=desk.at)
    desk.take("ida", first)
    desk.confirm(
        "ida", first, 3, "medium", "medium", "One cause, one ticket: I have put both reports together."
    )


def reopened(desk: Desk) -> Story:
    """Closed, and open again because the client wrote within the agreement's days."""
    yield desk.worked_before(hours=45)
    ticket = desk.mail(
        "yusuf.karim",
        "Weekly report is empty",
        "The weekly sign-in report arrives and has a heading and nothing below it.\n\nUrgency: Low\nImpact: Low",
    )
    yield desk.worked_later(hours=1)
    desk.take("ida", ticket)
    desk.confirm("ida", ticket, 4, "low", "low")
    yield desk.worked_later(hours=6)
    desk.fix(
        "ida",
        ticket,
        "The report looked for last year's table. Next Monday's has everything.",
        cause="software",
    )
    yield desk.worked_later(hours=8)
    desk.does(acceptance.accept_fix, "ida", ticket, text="Confirmed by telephone.")
    desk.close("ida", ticket, "Thank you for confirming.")
    yield desk.worked_before(hours=2)
    desk.answer("yusuf.karim", ticket, "I was too early with my thanks: this week's is empty again.")
