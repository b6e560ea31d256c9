"""Prove the tests: put known bugs into a copy of the tree, one at a time, and see which test turns red.

`python -m tests.seeded` tries all and prints the table of docs/testing.md; `python -m tests.seeded 3 7` tries some.
The tree itself is never touched. A bug whose text is no longer found is an error: it must be seeded anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = "postgres"


@dataclass(frozen=True)
class Bug:
    """A mistake that somebody could make: what is changed in which file, and the tests that should notice."""

    title: str
    edits: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]
    on: str = ""


F = "tests/faults/test_"
BUGS = (
    Bug(
        "The cursor of a mailbox moves before its mail is kept",
        (("mail/arrivals.py", "@transaction.atomic\ndef keep_fetched", "def keep_fetched"),),
        (f"{F}f1_crash_at_each_step.py::test_a_mail_survives_a_kill_at_any_step",),
    ),
    Bug(
        "250 is said before the mail is kept",
        (
            (
                "mail/smtp.py",
                "        await self._in_thread(partial(arrivals.keep_delivered, incoming, at=received_at))",
                "        self._threads.submit(_with_connection, partial(arrivals.keep_delivered, incoming, at=received_at))",
            ),
        ),
        (f"{F}f1_crash_at_each_step.py::test_a_mail_handed_over_by_smtp_survives_a_kill_at_any_step",),
    ),
    Bug(
        "Attachments are written after the commit that names them",
        (
            ("tickets/content.py", "files.put(file.data)", "_after_the_commit(file.data)"),
            (
                "tickets/content.py",
                "from __future__ import annotations\n",
                "from __future__ import annotations\nimport hashlib\nfrom django.db import transaction\n\n\n"
                "def _after_the_commit(data: bytes) -> str:\n    transaction.on_commit(lambda: files.put(data))\n"
                "    return hashlib.sha256(data).hexdigest()\n",
            ),
        ),
        (f"{F}f1_crash_at_each_step.py::test_a_mail_survives_a_kill_at_any_step",),
    ),
    Bug(
        "What a dead worker had in hand is never taken over",
        (
            (
                "mail/intake.py",
                "    due = Arrival.objects.filter(due_at__lte=at)\n    if not",
                "    due = Arrival.objects.filter(due_at__lte=at, leased=False)\n    if not",
            ),
        ),
        (f"{F}f1_crash_at_each_step.py::test_a_mail_survives_a_kill_at_any_step",),
    ),
    Bug(
        r"\Seen is the cursor",
        (("mail/imap_session.py", 'f"UID {uid + 1}:*"', 'f"UID {uid + 1}:* UNSEEN"'),),
        (f"{F}f3_mailboxes.py",),
    ),
    Bug(
        "A mail that comes again is not looked for",
        (
            (
                "mail/fingerprint.py",
                "    end = _END_OF_HEAD.search",
                '    return ""\n    end = _END_OF_HEAD.search',
            ),
        ),
        (f"{F}f3_mailboxes.py",),
    ),
    Bug(
        "The fence of a mailbox is ignored",
        (
            (
                "mail/arrivals.py",
                "        pk=mailbox.pk, fence=mailbox.fence, uidvalidity=uidvalidity, last_uid__lt=cursor\n",
                "        pk=mailbox.pk\n",
            ),
            (
                "mail/imap.py",
                "Mailbox.objects.filter(pk=held.pk, fence=held.fence, paused=False)",
                "Mailbox.objects.filter(pk=held.pk, paused=False)",
            ),
        ),
        (f"{F}f9_zombies.py",),
    ),
    Bug(
        "The fence of a mail in hand is ignored",
        (
            (
                "mail/intake.py",
                '    changed = Arrival.objects.filter(pk=arrival.pk, fence=arrival.fence, outcome="").update(',
                "    changed = Arrival.objects.filter(pk=arrival.pk).update(",
            ),
            ("mail/intake.py", "    return taken.exclude(pk=arrival.pk)", "    return taken.filter(pk=None)"),
        ),
        (f"{F}f9_zombies.py",),
    ),
    Bug(
        "An error of the reader is swallowed",
        (
            (
                "mail/intake.py",
                "            return _failed(one.arrival, one.problem, at)",
                '            _write_outcome(one.arrival, Settled(Outcome.REFUSED, "unreadable"), at)',
            ),
        ),
        (f"{F}f7_poison.py",),
    ),
    Bug(
        "A letter is written down as accepted before it is sent",
        (
            (
                "outbox/delivery.py",
                "    return session.send(letter.sender, settle.pending(letter.recipients, letter.results), body)",
                "    mine = _mine(letter)\n"
                '    mine.update(state="accepted", next_attempt_at=None)\n'
                "    return session.send(letter.sender, settle.pending(letter.recipients, letter.results), body)",
            ),
        ),
        (f"{F}f5_outgoing.py",),
    ),
    Bug(
        "A repeat has a new Message-ID",
        (
            (
                "outbox/delivery.py",
                "    return bytes(body)",
                '    return bytes(body).replace(b"Message-ID: <", b"Message-ID: <%d." % letter.fence, 1)',
            ),
        ),
        (f"{F}f5_outgoing.py",),
    ),
    Bug(
        "Recipients that have a letter get it again",
        (
            (
                "outbox/delivery.py",
                "settle.pending(letter.recipients, letter.results), body)",
                "letter.recipients, body)",
            ),
        ),
        (f"{F}f5_outgoing.py",),
    ),
    Bug(
        "Rows are claimed without a lock",
        (
            (
                "lib/sql.py",
                'lock_rows(due.only("pk"), skip_locked=True)[:limit]',
                'due.only("pk")[:limit]',
            ),
        ),
        ("tests/outbox/test_killed.py", "tests/jobs/test_many_workers.py", f"{F}f2_random_kills.py"),
        POSTGRES,
    ),
    Bug(
        "Due steps are fired in the order of their names",
        (("clocks/actions.py", "key=lambda step: step.due_at)", "key=lambda step: step.name)"),),
        (f"{F}f8_due_steps.py",),
    ),
    Bug(
        "Two workers may fire the same ticket, and the unique key is gone",
        (
            (
                "clocks/actions.py",
                "    ticket = sql.lock_rows(\n        Ticket.objects",
                "    ticket = (\n        Ticket.objects",
            ),
            (
                "clocks/actions.py",
                "filter(pk=ticket_id), skip_locked=True\n    ).first()",
                "filter(pk=ticket_id)\n    ).first()",
            ),
            (
                "clocks/migrations/0001_clocks_and_firings.py",
                "[models.UniqueConstraint(fields=('ticket', 'clock', 'name', 'basis'), name='firing_once_per_basis')]",
                "[]",
            ),
        ),
        (f"{F}f8_due_steps.py",),
        POSTGRES,
    ),
    Bug(
        "Lateness counts from when it was noticed",
        (
            (
                "clocks/actions.py",
                "Happening(events.STEP_FIRED, step.due_at, data)",
                "Happening(events.STEP_FIRED, at, data)",
            ),
        ),
        (f"{F}f8_due_steps.py",),
    ),
    Bug(
        "The offset of January is used all year",
        (("core/timeline.py", "        if _offset(probe, zone) != offset:", "        if False:"),),
        (f"{F}f11_clock_change_nights.py",),
    ),
    Bug(
        "A pause moves the due moment by the time on the wall",
        (
            (
                "core/worktime.py",
                "        a, left = since(start), budget\n        if not _spendable(budget):\n            return EPOCH + a\n        for paused_from",
                "        a, left = since(start), budget\n        wall = sum((to - start for start, to in _ordered(pauses)), timedelta())\n"
                "        return self._land(a, left) + wall\n        for paused_from",
            ),
        ),
        ("tests/core/test_worktime.py",),
    ),
    Bug(
        "A jump of the clock is believed at once",
        (("jobs/clockwatch.py", "abs(difference - self._difference) <= TOLERATED.total_seconds()", "True"),),
        (f"{F}f13_wrong_clock.py",),
    ),
    Bug(
        "What a wrong clock wrote into the mail ledger stays",
        (("mail/mending.py", "    too_far = at + LONGEST", "    too_far = at + LONGEST * 10_000"),),
        (f"{F}f13_wrong_clock.py",),
    ),
)


def main() -> int:
    wanted = [int(word) for word in sys.argv[1:]] or range(1, len(BUGS) + 1)
    missed = 0
    for number in wanted:
        bug = BUGS[number - 1]
        caught = seed(bug)
        missed += not caught
        where = "<br>".join(f"`{name}`" for name in caught) or "**nothing**"
        sys.stdout.write(f"| {number} | {bug.title} | {where} |\n")
        sys.stdout.flush()
    return 1 if missed else 0


def seed(bug: Bug) -> list[str]:
    """Return the tests that turned red with this bug in a copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="mainstay-seeded-") as folder:
        tree = Path(folder)
        for name in ("mainstay", "tests", "pyproject.toml", "CHANGELOG.md"):
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, tree / name)
        for name, right, wrong in bug.edits:
            path = tree / "mainstay" / name
            text = path.read_text(encoding="utf-8")
            assert text.count(right) == 1, f"{bug.title}: {name} holds {text.count(right)} times {right!r}"
            path.write_text(text.replace(right, wrong), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", *bug.tests]
        if bug.on == POSTGRES:
            command = [sys.executable, "-m", "tests.postgres", *command]
        done = subprocess.run(
            command, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree), "FAULTS_SAMPLES": os.environ.get("FAULTS_SAMPLES", "40")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if log := os.environ.get("SEEDED_LOG"):
            with Path(log).open("a", encoding="utf-8") as file:
                file.write(f"\n#### {bug.title}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")
        if not re.search(r"^\d+ (passed|failed|error)", done.stdout, re.M):
            sys.exit(
                f"{bug.title}: the run did not come to its end (exit code {done.returncode}), so it says nothing"
            )
        return sorted(
            {name.rpartition("::")[2] for name in re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)}
        )


if __name__ == "__main__":
    sys.exit(main())
