"""Stories of clocks that run, and of clocks that wait."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mainstay.cli.demo.desk import Desk
from mainstay.cli.demo.playback import Story
from mainstay.cli.demo.post import File, Mail, picture
from mainstay.contracts.models import Product
from mainstay.tickets import actions, exclusions


def about_to_breach(desk: Desk) -> Story:
    """Severity 1, 24x7, minutes left; escalated at half of its time, with updates as often as promised."""
    confirmed = desk.before(minutes=113, seconds=10)
    yield confirmed - timedelta(minutes=6)
    ticket = desk.known["about_to_breach"] = desk.mail(
        "tom.ashworth",
        "Turnstile refuses every smartcard on all wards",
        "Since a few minutes ago nobody on any ward can sign in with a smartcard. The reader lights up, Turnstile says"
        " 'Card not recognised', and that is the end of it. Phones work for those who have set one up, perhaps one in"
        " ten.\n\nUrgency: High\nImpact: High\nProduct: Turnstile\n\nA picture of the screen is attached.",
        files=(File("sign-in-refused.png", "image/png", picture(96, 60, (178, 58, 42))),),
    )
    yield desk.later(minutes=3)
    desk.take("ida", ticket)
    yield confirmed
    desk.confirm(
        "ida",
        ticket,
        1,
        "high",
        "high",
        "Both of us are on it. Please keep one refused card aside, do not re-issue it.",
        reason="No smartcard works on any ward: the service cannot be reached by most.",
    )
    yield desk.later(minutes=24)
    desk.update(
        "ida",
        ticket,
        "The cards are read correctly; our directory refuses them. We compare what changed there last night.",
    )
    yield desk.later(minutes=23)
    desk.update(
        "ida",
        ticket,
        "A certificate of the directory was renewed at 02:00 and is not trusted by two of four servers.",
    )
    yield desk.later(minutes=14)
    desk.does(actions.assign, "ida", ticket, assignee=desk.staff["tess"], team=desk.teams["technical"])
    desk.note(
        "tess",
        ticket,
        "Trust store differs on ts-03 and ts-04. Rolling the bundle from ts-01, then restarting one at a time.",
    )
    yield desk.later(minutes=14)
    desk.update(
        "tess", ticket, "One of the two servers is back and takes cards again. The second one follows."
    )
    yield desk.later(minutes=24)
    desk.update(
        "tess",
        ticket,
        "The second server refuses the new bundle; we rebuild it.",
        eta=desk.playback.until + timedelta(minutes=25),
    )


def breached(desk: Desk) -> Story:
    """Severity 1, 24x7, broken: up the whole ladder, the coordinator told with the ledger, a third party in the way."""
    confirmed = desk.before(minutes=205)
    yield confirmed - timedelta(minutes=14)
    ticket = desk.known["breached"] = desk.ring(
        "yusuf.karim",
        "No ward can open medication charts: sign-in times out",
        "All three sites. Sign-in hangs for a minute, then 'The national service did not answer'. Began about ten"
        " minutes before the call. Paper charts are in use.",
        urgency="high",
        impact="high",
    )
    yield desk.later(minutes=4)
    desk.take("jon", ticket)
    yield confirmed
    desk.confirm("jon", ticket, 1, "high", "high", "I stay on this and write at least every half hour.")
    yield desk.later(minutes=26)
    desk.update(
        "jon",
        ticket,
        "Every request from us to the national sign-in service times out. Ours answers at once.",
    )
    yield desk.later(minutes=26)
    desk.update(
        "jon", ticket, "The national service confirms a fault on their side. We look for a way around it."
    )
    desk.does(
        exclusions.begin_third_party,
        "jon",
        ticket,
        reason="The national sign-in service does not answer.",
        evidence="Their incident N-88213, opened while we were on the telephone; timeouts in our gateway log.",
    )
    yield desk.later(minutes=13)
    desk.take("tess", ticket, team="technical")
    yield desk.later(minutes=14)
    for words in (
        "We test sign-in by local cache on one ward. It lets people in who signed in during the last day.",
        "The local cache holds on the test ward. The Technical Team prepares it for the other sites.",
        "One of three sites is on the local cache, the second follows.",
        "Two of three sites are on the local cache. The third has clocks that differ and needs hands.",
    ):
        desk.update("tess", ticket, words)
        yield desk.later(minutes=27)
    desk.answer("yusuf.karim", ticket, "Site one and two can work. Site three is still on paper. When?")
    yield desk.later(minutes=1)
    eta = desk.playback.until + timedelta(minutes=50)
    desk.update(
        "tess", ticket, "An engineer is at site three. The clocks are corrected ward by ward.", eta=eta
    )


def just_in(desk: Desk) -> Story:
    """Severity 1 by what the requester says; nobody has confirmed it yet, so the hour is running."""
    yield desk.before(minutes=6)
    desk.mail(
        "priya.raman",
        "Lantern boards blank in emergency department",
        "Both whiteboards in the emergency department have gone blank and come back without patients. Wards"
        " upstairs look right.\n\nUrgency: High\nImpact: High\nProduct: Lantern",
    )


def ordinary(desk: Desk) -> Story:
    """A request that has just come in, acknowledged by itself."""
    yield desk.before(minutes=3)
    desk.mail(
        "martin.pell",
        "New starter cannot register her phone",
        "Our new receptionist gets as far as the code and is then told that the code has expired, every time. She"
        " can use a card until then.\n\nUrgency: Low\nImpact: Medium",
    )


def severity_raised(desk: Desk) -> Story:
    """Severity 3 that grew: raised to 2 with a reason, the time used kept."""
    yield desk.worked_before(hours=6.5)
    ticket = desk.mail(
        "ana.okafor",
        "Lantern shows yesterday's list at two surgeries",
        "Two of our surgeries see yesterday's appointments until about ten. They refresh by hand.\n\n"
        "Urgency: Medium\nImpact: Medium",
    )
    yield desk.worked_later(minutes=40)
    desk.take("ida", ticket)
    desk.confirm("ida", ticket, 3, "medium", "medium", "We look at the nightly transfer first.")
    yield desk.worked_later(hours=2)
    desk.answer("ana.okafor", ticket, "It is now all nine surgeries, and refreshing by hand no longer helps.")
    yield desk.worked_later(minutes=20)
    desk.confirm(
        "ida",
        ticket,
        2,
        "medium",
        "high",
        "Raised to severity 2: it has reached all your surgeries.",
        reason="All nine surgeries are hit and the way around is gone.",
    )
    yield desk.worked_later(minutes=5)
    desk.update(
        "ida", ticket, "The nightly transfer ends at half past three each night, in the middle of a list."
    )
    yield desk.worked_later(hours=1.8)
    desk.update(
        "ida",
        ticket,
        "The transfer stops at a patient record with an impossible date. We let it pass such records.",
    )


def waiting_for_client(desk: Desk) -> Story:
    """Paused: a question has reached the client. Her out-of-office reply is recorded and ends no pause."""
    yield desk.worked_before(hours=5)
    ticket = desk.known["waiting"] = desk.mail(
        "grace.adeyemi",
        "Sign-in takes a minute at four practices",
        "Since the morning sign-in takes a minute or more at four of our practices; the others are as usual. People"
        " can work, slowly.\n\nUrgency: High\nImpact: Medium",
    )
    yield desk.worked_later(minutes=25)
    desk.take("jon", ticket)
    desk.confirm("jon", ticket, 2, "high", "medium", "The four share a line, so I look at that first.")
    yield desk.worked_later(minutes=70)
    desk.ask(
        "jon",
        ticket,
        "Which network supplier serves these four practices, and did anything change there this week?",
    )
    yield desk.later(minutes=1)
    desk.answer(
        "grace.adeyemi",
        ticket,
        "I am out of the office until the day after tomorrow. For anything urgent ring reception.",
        auto_submitted="auto-replied",
    )


def force_majeure(desk: Desk) -> Story:
    """Paused by a manager's recorded decision: the data centre is under water (clause 10)."""
    yield desk.worked_before(hours=11)
    ticket = desk.mail(
        "nadia.rossi",
        "Ferry delivers nothing since last night",
        "Letters to the hospital have queued since last night. Nothing is lost as far as we can see, it just does not"
        " move.\n\nUrgency: Medium\nImpact: Medium",
    )
    yield desk.worked_later(minutes=50)
    desk.take("jon", ticket)
    desk.confirm("jon", ticket, 3, "medium", "medium", "The other side's data centre does not answer at all.")
    yield desk.worked_later(hours=1.5)
    desk.does(
        exclusions.begin_force_majeure,
        "max",
        ticket,
        reason="Flood in the county: the receiving data centre was switched off by the fire service this morning.",
    )
    yield desk.worked_later(minutes=20)
    desk.update(
        "jon",
        ticket,
        "The receiving data centre is flooded and switched off. Your letters are kept and go once it is back.",
    )


def next_release(desk: Desk) -> Story:
    """Severity 4, begun before the last bank holiday and waiting for a release: its ledger has days off in it."""
    yield _afternoon_before_last_holiday(desk)
    ticket = desk.known["next_release"] = desk.mail(
        "owen.griffiths",
        "Could Lantern print a ward list on one page?",
        "Our night staff print the list for handover and it runs onto a second page because of the footer. A way to"
        " leave the footer out would help. No hurry at all.\n\nUrgency: Low\nImpact: Low",
    )
    yield desk.worked_later(hours=2)
    desk.take("ida", ticket)
    actions.set_details(
        ticket=ticket,
        at=desk.at,
        actor=desk.staff["ida"].ref,
        missing=[],
        product=Product.objects.get(key="lantern"),
    )
    desk.confirm("ida", ticket, 4, "low", "low", "A fair wish. It would come with a release.")
    round_number = 0
    while True:
        yield desk.worked_later(hours=72)
        round_number += 1
        words = (
            "Still wanted here too; not yet planned for a release.",
            "The footer became optional in our test version. The release that carries it has no date yet.",
        )
        desk.update("ida", ticket, words[min(round_number, 2) - 1])


def missing_details(desk: Desk) -> Story:
    """A mail without a description: asked for at once; the clock counts from when the details are complete."""
    yield desk.before(minutes=34)
    desk.send(Mail("Beth Lindqvist", "beth.lindqvist@harrowfield.example", "Help please", "Please help!\n"))


def _afternoon_before_last_holiday(desk: Desk) -> datetime:
    """Return 15:00 London time on the last working day before the newest bank holiday that is over."""
    today = desk.playback.until.astimezone(desk.core.zone).date()
    newest = max(day for day in map(date.fromordinal, desk.core.hours.holidays) if day < today)
    noon = datetime.combine(newest, time(12), tzinfo=desk.core.zone)
    while not desk.core.is_open(noon):
        noon -= timedelta(days=1)
    return noon.replace(hour=15)
