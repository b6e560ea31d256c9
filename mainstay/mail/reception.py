"""What becomes of one mail that has been read: a ticket, a reply, a held request, or a line in the ledger.

Runs inside the transaction that also settles the mail's line in the ledger. A reference is a hint: a mail
joins a
ticket only when its sender may write there, and contradictions are held for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from mainstay.contracts import queries as contracts
from mainstay.mail import (
    copies,
    correspondence,
    entries,
    evidence,
    intent,
    leads,
    letters,
    restraint,
    senders,
)
from mainstay.mail.classify import Own, Verdict, classify
from mainstay.mail.letters import Thread
from mainstay.mail.models import Arrival, Outcome
from mainstay.mail.parsed import ParsedMail, Trust
from mainstay.mail.senders import Sender
from mainstay.orgs.models import Membership
from mainstay.tickets import access, content, delivery, events, log, verification
from mainstay.tickets import actions as tickets
from mainstay.tickets.content import NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.models import (
    Direction,
    Kind,
    Message,
    State,
    Ticket,
    Verification,
)

NO_SUBJECT = "(no subject)"
BOUNCE = "bounce"
KNOWN_BY = {  # how a reply was known for one, by what `evidence.decide` went by
    "reply address": " to the ticket's own address",
    "in-reply-to": " to a mail of this ticket",
    "references": " in the thread of this ticket",
    "subject": " that names this ticket",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a mail, with the reason in words."""

    outcome: Outcome
    reason: str
    ticket: Ticket | None = None
    message: Message | None = None


def receive(
    arrival: Arrival, mail: ParsedMail, *, own: Own, trust: Trust, levels: Mapping[str, int], at: datetime
) -> Settled:
    """Decide what `mail` is and write everything that follows. `at` is now; clocks start at receipt.

    `levels` are the severities that a sender may name: level by name in lower case.
    """
    return _Reception(arrival, mail, own, trust, levels, at).settle()


class _Reception:
    """One mail on its way in: what is known about it, looked up once and only when it matters."""

    def __init__(
        self,
        arrival: Arrival,
        mail: ParsedMail,
        own: Own,
        trust: Trust,
        levels: Mapping[str, int],
        at: datetime,
    ) -> None:
        self.arrival, self.mail, self.own, self.trust, self.at = arrival, mail, own, trust, at
        self.levels = levels
        self.received_at = arrival.received_at

    def settle(self) -> Settled:
        verdict = self.verdict
        if verdict.sort == "own loop":
            return Settled(Outcome.REFUSED, f"Not taken in: {verdict.why}.")
        if verdict.sort == "bounce":
            return self.bounced(verdict)
        if verdict.sort == "auto-reply":
            return self.automatic(verdict)
        if held := self.why_held_before_threading():
            return self.hold(held)
        if self.complains and not self.goes_on_with_a_complaint:
            return self.complaint()
        return self.conversation()

    @cached_property
    def verdict(self) -> Verdict:
        return classify(self.mail, own=self.own)

    @cached_property
    def sender(self) -> Sender:
        return senders.sender_of(self.mail, trust=self.trust, at=self.received_at)

    @property
    def actor(self) -> str:
        return self.sender.person.ref if self.sender.person else tickets.SENDER

    @cached_property
    def complains(self) -> bool:
        return intent.complaint(self.mail.subject) == "complaint"

    @cached_property
    def sign_up_code(self) -> str:
        return intent.sign_up_code(self.mail)

    @cached_property
    def decision(self) -> evidence.Decision[int]:
        return evidence.decide(*leads.follow(self.mail, self.own))

    @cached_property
    def joined(self) -> Ticket | None:
        """The ticket that the evidence points to, whether or not the sender may write there."""
        if self.decision.ticket is None:
            return None
        return Ticket.objects.select_related("terms").filter(pk=self.decision.ticket).first()

    @cached_property
    def may_join(self) -> bool:
        ticket, sender = self.joined, self.sender
        if ticket is None or not sender.may_be_believed or sender.is_staff:
            return False
        return access.may_write_by_mail(
            ticket, address=sender.address, person=sender.person, at=self.received_at
        )

    @property
    def goes_on_with_a_complaint(self) -> bool:
        """Whether it joins a complaint that is a case already: the word in 'Re: COMPLAINT' then makes no second one."""
        return self.may_join and self.joined is not None and self.joined.kind == Kind.COMPLAINT

    # Mail by programs

    def bounced(self, verdict: Verdict) -> Settled:
        """Attach a delivery report to the message that it is about.

        A report on anything else is only kept.
        """
        report = verdict.bounce
        about = None
        if report is not None and report.token is not None:
            about = (
                Message.objects.select_related("ticket", "letter")
                .filter(message_id=report.message_id)
                .first()
            )
        if report is None or about is None:
            return Settled(Outcome.BOUNCE, "A report on the delivery of a mail that is none of ours.")
        permanent = [one for one in report.failures if one.permanent]
        stopped = restraint.count_failures(report.failures, among=about.recipients, at=self.at)
        words = "; ".join(
            f"{one.address}: {one.words or one.status or 'not delivered'}" for one in report.failures
        )
        reason = f"{'Not delivered' if permanent else 'Delayed'}: {words or self.mail.subject}"[:400]
        if stopped:
            reason += f" No more mail is sent to {', '.join(stopped)}."
        known = Message.objects.filter(
            ticket_id=about.ticket_id, purpose=BOUNCE, in_reply_to=about.message_id
        )
        if known.exists():
            return Settled(Outcome.BOUNCE, f"One more report. {reason}", about.ticket)
        message = self.message(automatic=True, purpose=BOUNCE, in_reply_to=about.message_id, notes=(reason,))
        kept = tickets.record_reply(
            ticket=about.ticket, message=message, at=self.received_at, moves_clocks=False, recorded_at=self.at
        )
        first = about.recipients[0].casefold() if about.recipients else ""
        if about.letter is not None and any(one.address.casefold() == first for one in permanent):
            delivery.letter_failed(about.letter, self.at)
        return Settled(Outcome.BOUNCE, reason, about.ticket, kept)

    def automatic(self, verdict: Verdict) -> Settled:
        """Record an automatic reply on its ticket, where its sender may write.

        It moves neither state nor clock.
        """
        reason = f"An automatic reply: {verdict.why}."
        if self.joined is None or not self.may_join or self.sign_up_code:
            return Settled(
                Outcome.AUTO_REPLY, f"{reason} It belongs to no ticket that its sender may write to."
            )
        message = self.message(automatic=True)
        kept = tickets.record_reply(
            ticket=self.joined, message=message, at=self.received_at, moves_clocks=False, recorded_at=self.at
        )
        return Settled(Outcome.AUTO_REPLY, reason, self.joined, kept)

    # Mail by people

    def why_held_before_threading(self) -> str:
        """Say why this mail may join nothing, whatever it answers; "" where its thread decides."""
        if not self.sender.address:
            return f"The sender cannot be told: {self.mail.sender_problem}."
        if self.sign_up_code:
            return f"A sign-up code or link, for agents only: {self.sign_up_code}."
        if self.sender.forged:
            return f"Not from its sender: {self.sender.forged}."
        if self.sender.switched_off:
            return "The account of the sender is switched off."
        if self.sender.is_staff and not self.sender.proven:
            return "It carries the address of a member of staff, and nothing proves that it is from them."
        return ""

    def conversation(self) -> Settled:
        if self.decision.kind == "hold":
            return self.hold(f"The evidence is contradictory: {self.decision.why}.")
        if self.sender.is_staff:
            return self.by_staff()
        if self.joined is None:
            return self.request()
        if not self.may_join:
            return self.hold(f"It claims {self.joined.reference}, not verified: {self.why_not_joined}.")
        return self.reply(self.joined)

    @property
    def why_not_joined(self) -> str:
        if not self.sender.may_be_believed:
            return "our mail server did not confirm the sender"
        return "the sender takes no part in it"

    def by_staff(self) -> Settled:
        """Keep what a member of staff writes from their own mailbox as an internal note, never as the
        client's word.
        """
        person, ticket = self.sender.person, self.joined
        if ticket is None or person is None:
            return self.hold("It is from a member of staff and answers no ticket.", answer=False)
        if not access.visible_tickets(person, at=self.received_at).filter(pk=ticket.pk).exists():
            return self.hold(f"It is from a member of staff who may not see {ticket.reference}.", answer=False)
        ticket = tickets.locked(ticket)
        note = replace(self.message(), direction=Direction.NOTE, author=person)
        kept = content.keep(ticket, note, at=self.received_at)
        happening = Happening(events.NOTE_ADDED, self.received_at, content.told_by(kept))
        log.append(ticket, [happening], actor=person.ref, recorded_at=self.at)
        return Settled(Outcome.REPLY, f"A note by {person.name}, by {self.decision.by}.", ticket, kept)

    def reply(self, ticket: Ticket) -> Settled:
        """Add to a ticket that the sender may write to.

        A closed one is opened again in time, or a new one is made.
        """
        if ticket.verification == Verification.REFUSED:
            return self.hold(f"It answers {ticket.reference}, which was refused.", about=ticket)
        if ticket.state == State.CLOSED and not self.in_time_to_reopen(ticket):
            return self.request(
                about=ticket, why=f"{ticket.reference} was closed too long ago to be opened again. "
            )
        ticket = tickets.locked(ticket)
        with letters.in_hand(ticket):
            if ticket.state == State.CLOSED:
                tickets.reopen(
                    ticket=ticket, at=self.received_at, reason="The client wrote again.", actor=self.actor
                )
            kept = tickets.record_reply(
                ticket=ticket, message=self.message(), at=self.received_at, recorded_at=self.at
            )
            self.note_details(ticket)
        self.note_copies(ticket)
        return Settled(Outcome.REPLY, f"A reply{KNOWN_BY.get(self.decision.by, '')}.", ticket, kept)

    def in_time_to_reopen(self, ticket: Ticket) -> bool:
        if ticket.closed_at is None or ticket.merged_into_id is not None:
            return False
        closing = contracts.load(ticket.terms).closing
        return closing.calendar.calendar.between(ticket.closed_at, self.received_at) <= closing.reopening

    def note_details(self, ticket: Ticket) -> None:
        """Take from an answer what the request still lacked (reading 4), the requester's own assessment included."""
        assessed = ticket.claimed_severity or (ticket.claimed_urgency and ticket.claimed_impact)
        if not ticket.missing and assessed:
            return
        found = self.details
        missing = [name for name in found.missing() if name in ticket.missing]
        assesses = not assessed and (found.urgency or found.impact or found.severity_claimed)
        if missing != ticket.missing or assesses:
            tickets.set_details(
                ticket=ticket,
                at=self.received_at,
                actor=self.actor,
                missing=missing,
                requester_role=found.role,
                urgency=found.urgency,
                impact=found.impact,
                claimed_severity=found.severity_claimed,
            )

    def complaint(self) -> Settled:
        """A complaint is a case of its own (R3.10a), linked to what it is about where its sender may write
        there.
        """
        about = self.joined if self.may_join else None
        if self.sender.is_staff:
            return self.hold("A complaint from a member of staff.", answer=False)
        return self.request(kind=Kind.COMPLAINT, about=about)

    def request(self, *, kind: Kind = Kind.INCIDENT, about: Ticket | None = None, why: str = "") -> Settled:
        """Open a ticket for the sender's organisation, or hold it where nobody knows whose it is."""
        said = self.details
        meant = senders.organisation_meant(self.sender.authority, said.organisation)
        if meant is None:
            return self.hold(why + self.why_unknown, kind=kind, about=about)
        ticket = self.opened(kind=kind, about=about, meant=meant)
        answered = self.acknowledge(ticket)
        return Settled(
            Outcome.TICKET,
            f"{why}A new {'complaint' if kind == Kind.COMPLAINT else 'request'}.{answered}",
            ticket,
        )

    @property
    def why_unknown(self) -> str:
        if self.sender.authority:
            names = " and ".join(one.organisation.name for one in self.sender.authority)
            return f"Authorised for {names}; which of them is meant is not said."
        if self.sender.person is not None:
            return f"{self.sender.person.name} may not raise requests for any organisation."
        domain = self.sender.address.rpartition("@")[2]
        return f"{verification.UNKNOWN}{senders.hint(domain)}."

    def hold(
        self, reason: str, *, kind: Kind | None = None, about: Ticket | None = None, answer: bool = True
    ) -> Settled:
        """Open a ticket that waits for a person to verify it. Reported at receipt.

        Being verified loses no time.
        """
        kind = kind or (Kind.COMPLAINT if self.complains else Kind.INCIDENT)
        ticket = self.opened(kind=kind, about=about, meant=None, reason=reason)
        answered = self.acknowledge(ticket) if answer else ""
        return Settled(Outcome.HELD, f"{reason}{answered}", ticket)

    def opened(
        self, *, kind: Kind, about: Ticket | None, meant: Membership | None, reason: str = ""
    ) -> Ticket:
        said = self.details
        known = ("organisation", "role") if meant else ()
        missing = [name for name in said.missing(known=known) if name != "severity"]
        ticket = tickets.open_ticket(
            at=self.received_at,
            channel="mail",
            subject=self.mail.subject or NO_SUBJECT,
            message=self.message(notes=self.claims(said)),
            requester_address=self.sender.address,
            requester_name=self.sender.name,
            requester=self.sender.person if meant else None,
            requester_role=meant.role if meant else said.role,
            organisation=meant.organisation if meant else None,
            product=contracts.product_named(said.product) if meant else None,
            kind=kind,
            verified=meant is not None,
            reason=reason,
            urgency=said.urgency,
            impact=said.impact,
            claimed_severity=said.severity_claimed,
            missing=missing,
            offered_as_complaint=intent.complaint(self.mail.subject) == "offered",
            about=about,
            recorded_at=self.at,
        )
        self.note_copies(ticket)
        return ticket

    def acknowledge(self, ticket: Ticket) -> str:
        """Send one acknowledgement, if a program may answer this mail; say in words when none is sent."""
        sender = self.sender
        if not self.verdict.may_answer:
            return f" Not acknowledged: {self.verdict.why}."
        if self.sign_up_code or not sender.address or sender.forged:
            return " Not acknowledged."
        if letters.suppressed(sender.address) is not None:
            return " Not acknowledged: mail to this address does not arrive."
        if not self.within_restraint(ticket):
            return " Not acknowledged: this address had an automatic answer within the hour, or three today."
        chain = (*self.mail.references, *self.mail.in_reply_to, self.mail.message_id)
        thread = Thread(tuple(one for one in dict.fromkeys(chain) if one), self.mail.message_id)
        with letters.in_hand(ticket):
            if ticket.verified:
                thread = replace(thread, foreign=letters.foreign_in(self.mail.subject, ticket))
                correspondence.acknowledge(ticket, self.at, thread=thread)
            else:
                correspondence.neutral_acknowledgement(ticket, self.at, thread=thread)
        return ""

    def within_restraint(self, ticket: Ticket) -> bool:
        address = self.sender.address
        if ticket.verified:
            return restraint.may_acknowledge(address, subject=self.mail.subject, at=self.at)
        return restraint.may_answer(address, at=self.at)

    # What is written

    @cached_property
    def details(self) -> intent.Details:
        return intent.details(self.mail.subject, self.mail.body_text, severities=self.levels)

    def message(
        self,
        *,
        automatic: bool = False,
        purpose: str = "",
        in_reply_to: str = "",
        notes: Sequence[str] = (),
    ) -> NewMessage:
        return entries.entry_of(
            self.mail,
            self.sender,
            sign_up_code=self.sign_up_code,
            automatic=automatic,
            purpose=purpose,
            in_reply_to=in_reply_to,
            notes=notes,
        )

    def claims(self, said: intent.Details) -> list[str]:
        """Say what the mail claims and nothing proves: references that led nowhere, a severity of its own."""
        notes = [f"Claims {one}, not verified." for one in self.unverified_claims]
        if said.severity_words:
            notes.append(f"The sender's own assessment: {said.severity_words}.")
        return notes

    @property
    def unverified_claims(self) -> list[str]:
        if self.joined is not None and not self.may_join:
            return [self.joined.reference, *self.decision.claims]
        return list(self.decision.claims)

    def note_copies(self, ticket: Ticket) -> None:
        """Put those in copy down as taking part, where the mail is from whom it says."""
        if self.sender.address and not self.sender.forged:
            known = {*self.own.addresses, self.sender.address.casefold()}
            others = [one for one in (*self.mail.to, *self.mail.cc) if one.key not in known]
            by = self.sender.person if self.sender.may_be_believed else None
            copies.note(ticket, others, by=by, received_at=self.received_at, at=self.at)
