"""What people do in the demo world, said in one line each: clients write, staff act, at the moment that has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mainstay.agreements import standard
from mainstay.cli.demo import cast, post
from mainstay.cli.demo.playback import Playback
from mainstay.cli.demo.post import File, Mail
from mainstay.mail import correspondence
from mainstay.orgs import access
from mainstay.orgs.models import Person, Team
from mainstay.tickets import actions as tickets
from mainstay.tickets.content import NewMessage
from mainstay.tickets.models import Direction, Message, Ticket

LOOK_BACK = timedelta(days=150)  # further than any story begins; bank holidays are at most four months apart


class Desk:
    """The desk and its clients, at `playback.at`. `known` are tickets that other stories speak of."""

    def __init__(self, playback: Playback) -> None:
        self.playback = playback
        self.staff = {one.key: Person.objects.get(email=one.address) for one in cast.STAFF}
        self.teams = {team.key: team for team in Team.objects.all()}
        self.core = standard().terms().calendars["core"].calendar
        self.known: dict[str, Ticket] = {}

    # Moments -------------------------------------------------------------------------------------------------

    @property
    def at(self) -> datetime:
        return self.playback.at

    def before(self, **span: float) -> datetime:
        """Return a moment that long before the present, in real time."""
        return self.playback.until - timedelta(**span)

    def worked_before(self, **span: float) -> datetime:
        """Return the latest moment since which that much core time has passed."""
        return self._worked_back(self.playback.until, timedelta(**span))

    def later(self, **span: float) -> datetime:
        """Return a moment that much after the one reached, in real time."""
        return self.at + timedelta(**span)

    def worked_later(self, **span: float) -> datetime:
        """Return the moment by which that much core time has passed since the one reached."""
        return self.core.add(self.at, timedelta(**span))

    def _worked_back(self, end: datetime, budget: timedelta) -> datetime:
        low, high = 0, int(LOOK_BACK.total_seconds())  # seconds before the end
        while low < high:
            middle = (low + high) // 2
            if self.core.between(end - timedelta(seconds=middle), end) >= budget:
                high = middle
            else:
                low = middle + 1
        return end - timedelta(seconds=low)

    # Clients -------------------------------------------------------------------------------------------------

    def mail(
        self, who: str, subject: str, text: str, *, files: tuple[File, ...] = (), html: str = ""
    ) -> Ticket:
        """A contact writes; return the ticket that it became part of."""
        return self.send(self.letter(who, subject, text, files=files, html=html))

    def letter(
        self, who: str, subject: str, text: str, *, files: tuple[File, ...] = (), html: str = ""
    ) -> Mail:
        """Return a contact's mail, with a signature."""
        client, contact = cast.find(who)
        signed = f"{text}\n\n{contact.name}\n{contact.role}, {client.name}\n"
        return Mail(contact.name, client.address_of(contact), subject, signed, html=html, files=files)

    def send(self, mail: Mail) -> Ticket:
        """Let a mail arrive; return the ticket that it became part of."""
        arrival = self.playback.receive(post.written(mail, at=self.at))
        if arrival.ticket is None:
            raise LookupError(f"{arrival} became part of no ticket: {arrival.reason}")
        return arrival.ticket

    def answer(self, who: str, ticket: Ticket, text: str, **headers: str) -> Ticket:
        """A contact answers our newest letter on `ticket`; `headers` such as auto_submitted go with it."""
        client, contact = cast.find(who)
        return self.send(
            reply_to(
                ticket,
                Mail(
                    contact.name,
                    client.address_of(contact),
                    "",
                    f"{text}\n\n{contact.name}\n",
                    headers={name.replace("_", "-").title(): value for name, value in headers.items()},
                ),
            )
        )

    def ring(self, who: str, subject: str, text: str, *, urgency: str, impact: str) -> Ticket:
        """A contact rings, and somebody writes it down."""
        client, contact = cast.find(who)
        person = access.person_with_address(client.address_of(contact))
        membership = access.authority_of(person, at=self.at)[0] if person else None
        message = NewMessage(
            Direction.IN,
            "phone",
            text,
            author=person,
            author_name=contact.name,
            author_address=client.address_of(contact),
        )
        ticket = tickets.open_ticket(
            at=self.at,
            channel="phone",
            subject=subject,
            message=message,
            verified=membership is not None,
            requester_address=client.address_of(contact),
            requester_name=contact.name,
            requester=person,
            requester_role=contact.role,
            organisation=membership.organisation if membership else None,
            urgency=urgency,
            impact=impact,
        )
        correspondence.acknowledge(ticket, self.at)
        self.playback.send()
        return ticket

    # Staff ---------------------------------------------------------------------------------------------------

    def take(self, who: str, ticket: Ticket, *, team: str = "support") -> None:
        """Somebody takes the ticket."""
        tickets.assign(
            ticket=ticket, by=self.staff[who], assignee=self.staff[who], team=self.teams[team], at=self.at
        )

    def note(self, who: str, ticket: Ticket, text: str) -> None:
        tickets.add_note(ticket=ticket, by=self.staff[who], text=text, at=self.at)

    def confirm(
        self,
        who: str,
        ticket: Ticket,
        severity: int,
        urgency: str,
        impact: str,
        text: str = "",
        reason: str = "",
    ) -> None:
        """Somebody confirms the severity to the client."""
        correspondence.confirm_severity(
            ticket=_fresh(ticket),
            by=self.staff[who],
            severity=severity,
            urgency=urgency,
            impact=impact,
            reason=reason or "As the requester describes it.",
            text=text,
            at=self.at,
        )

    def ask(self, who: str, ticket: Ticket, text: str) -> None:
        correspondence.ask_client(ticket=_fresh(ticket), by=self.staff[who], text=text, at=self.at)

    def reply(self, who: str, ticket: Ticket, text: str) -> None:
        correspondence.reply(ticket=_fresh(ticket), by=self.staff[who], text=text, at=self.at)

    def update(self, who: str, ticket: Ticket, text: str, *, eta: datetime | None = None) -> None:
        correspondence.update_progress(
            ticket=_fresh(ticket), by=self.staff[who], text=text, eta=eta, at=self.at
        )

    def work_around(self, who: str, ticket: Ticket, text: str) -> None:
        """Somebody offers a workaround with which the service is available."""
        correspondence.offer_workaround(
            ticket=_fresh(ticket), by=self.staff[who], text=text, service_available=True, at=self.at
        )

    def fix(self, who: str, ticket: Ticket, text: str, *, cause: str) -> None:
        correspondence.offer_fix(
            ticket=_fresh(ticket), by=self.staff[who], text=text, cause=cause, at=self.at
        )

    def answer_complaint(self, who: str, ticket: Ticket, text: str) -> None:
        correspondence.answer_complaint(ticket=_fresh(ticket), by=self.staff[who], text=text, at=self.at)

    def close(self, who: str, ticket: Ticket, text: str, *, cause: str = "") -> None:
        correspondence.close(ticket=_fresh(ticket), by=self.staff[who], text=text, cause=cause, at=self.at)

    def does(self, act: Callable[..., object], who: str, ticket: Ticket, **said: object) -> None:
        """Somebody does something that has no line of its own here."""
        act(ticket=_fresh(ticket), by=self.staff[who], at=self.at, **said)


def reply_to(ticket: Ticket, mail: Mail) -> Mail:
    """Return `mail` as an answer to our newest letter on `ticket`, quoting it as mail programs do."""
    ours = (
        Message.objects.filter(ticket=ticket, direction=Direction.OUT)
        .exclude(message_id="")
        .exclude(purpose="breach_notice")
        .order_by("-at", "-id")
        .first()
    )
    if ours is None:
        raise LookupError(f"nothing has been written on {ticket.reference} that could be answered")
    quoted = "\n".join(f"> {line}" for line in ours.text.splitlines())
    when = f"On {ours.at:%d %B %Y at %H:%M} UTC, {post.SUPPORT} wrote:"
    return Mail(
        mail.name,
        mail.address,
        f"Re: {ours.subject}",
        f"{mail.text}\n{when}\n{quoted}\n",
        answers=(*mail.answers, ours.message_id),
        headers=mail.headers,
        files=mail.files,
        checks=mail.checks,
    )


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("terms").get(pk=ticket.pk)
