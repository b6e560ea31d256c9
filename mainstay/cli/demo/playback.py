"""Playing the past: stories take turns by their moments, and between them everything that falls due happens at its own.

A story is a generator: what it yields is when it goes on, and between two yields it acts. Mails are taken in, letters
accepted, warnings, breaches and escalations noticed by the same calls that the worker makes, each at the moment it was
due. What would lie after `until` does not happen.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta

from mainstay.clocks import actions as clocks
from mainstay.clocks.models import Step
from mainstay.escalation import actions as escalation
from mainstay.mail import arrivals, correspondence, intake, silence
from mainstay.mail.models import Arrival, Mailbox
from mainstay.orgs.models import Person
from mainstay.outbox import delivery
from mainstay.outbox.models import Letter

Story = Generator[datetime, None, None]
UIDVALIDITY = 1
LATELY = timedelta(hours=6)  # before that staff get their notices by mail once a working day


class Stuck(RuntimeError):
    """Something is due that the desk does not do, so time cannot go on. The message says what."""


class Playback:
    """Time as it passes in the demo world. `at` is the moment that has been reached."""

    def __init__(
        self,
        *,
        since: datetime,
        until: datetime,
        mailbox: Mailbox,
        progress: Callable[[float], object] | None = None,
    ) -> None:
        self.at, self.since, self.until, self.mailbox = since, since, until, mailbox
        self._progress = progress or (lambda share: None)

    def run(self, stories: Iterable[Story]) -> None:
        """Play all stories up to `until`."""
        waiting: list[tuple[datetime, int, Story]] = []
        for place, story in enumerate(stories):
            _queue(waiting, place, story)
        while waiting and waiting[0][0] <= self.until:
            at, place, story = heapq.heappop(waiting)
            self.pass_time(to=at)
            _queue(waiting, place, story)
        self.pass_time(to=self.until)

    def pass_time(self, *, to: datetime) -> None:
        """Let everything happen that falls due on the way to that moment."""
        while (due := self._next_due(to)) is not None:
            self.at = max(self.at, due)
            if not self.notice_and_send():
                raise Stuck(f"nothing came of what was due at {due:%Y-%m-%d %H:%M:%S}Z")
        self.at = max(self.at, to)
        self._progress((self.at - self.since) / (self.until - self.since))

    def receive(self, raw: bytes, *, fault: str = "", size: int = 0) -> Arrival:
        """Find a mail in the mailbox: its bytes are kept, the cursor moves, and the mail is taken in."""
        uid = self.mailbox.last_uid + 1
        incoming = arrivals.Incoming(raw, self.at, size or len(raw), uid=uid, fault=fault)
        arrivals.keep_fetched(
            [incoming], mailbox=self.mailbox, uidvalidity=UIDVALIDITY, cursor=uid, at=self.at
        )
        self.mailbox.last_uid = uid
        self.take_in()
        return Arrival.objects.select_related("ticket").get(mailbox=self.mailbox, uid=uid)

    def take_in(self) -> None:
        """Take in the mail that has arrived by `at`, and let what answers it leave."""
        intake.take_due(self.at)
        self.send()

    def notice_and_send(self) -> int:
        """Notice what is due at `at` and let letters leave, as the worker's lanes would; return how much that was."""
        fired = clocks.notice_due(self.at)
        if fired and self.until - self.at < LATELY:
            correspondence.mail_notices(self.at)
        return fired + self.send()

    def send(self) -> int:
        """Let the letters leave that are due at `at`; return how many."""
        sent = 0
        while batch := delivery.deliver(self.at):
            sent += batch
            if batch < delivery.BATCH:
                break
        return sent

    def _next_due(self, to: datetime) -> datetime | None:
        """Return the earliest moment at which a step or a letter is due, None if nothing is by `to`."""
        steps = Step.objects.filter(due_at__lte=to).order_by("due_at").values_list("due_at", flat=True)
        letters = Letter.objects.filter(next_attempt_at__lte=to).order_by("next_attempt_at")
        due = (steps.first(), letters.values_list("next_attempt_at", flat=True).first())
        return min((at for at in due if at is not None), default=None)


def working_days(playback: Playback, *, since: datetime) -> Story:
    """What recurs each working day: notices are mailed and looked at, and what met with silence is closed."""
    at = since.replace(minute=0, second=0, microsecond=0)
    while True:
        at += timedelta(hours=1)
        if at.weekday() >= 5 or at.hour != 9:
            continue
        yield at
        sent = correspondence.mail_notices(at) + silence.close_after_silence(at)
        for person in Person.objects.exclude(staff_role=""):
            escalation.mark_seen(person=person, at=at)
        if sent:
            playback.send()


def _queue(waiting: list[tuple[datetime, int, Story]], place: int, story: Story) -> None:
    """Let the story act up to its next yield, and note when it goes on."""
    try:
        heapq.heappush(waiting, (next(story), place, story))
    except StopIteration:
        pass
