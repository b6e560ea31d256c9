"""A job is done once, after the commit that asked for it; whoever lost its lease changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from mainstay.jobs import actions, queries
from mainstay.jobs.handlers import LEASE
from mainstay.jobs.lanes import UnknownLane
from mainstay.jobs.models import Duty, Job
from mainstay.jobs.retry import Hopeless, Policy
from mainstay.jobs.worker import Worker, do
from mainstay.lib import sql

from .conftest import MONDAY

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def enqueue(kind="write", *, at=MONDAY, **named):
    return actions.enqueue(kind=kind, payload=named.pop("payload", {}), at=at, **named)


def claim(*, owner="ida", at=MONDAY, lane="default", limit=10):
    return actions.claim(lane=lane, owner=owner, at=at, limit=limit)


def effects():
    """What the handlers of these tests write: a duty row is as good as any."""
    return sorted(Duty.objects.values_list("name", flat=True))


def write(payload, *, at):
    Duty.objects.create(name=payload.get("name", "written"), next_due_at=at)


def test_a_job_is_done_and_its_effect_is_there(handle):
    handle("write", write)
    job = enqueue(payload={"name": "acme"})
    assert Worker("ida").tick(MONDAY) == 1
    job.refresh_from_db()
    assert (job.state, job.finished_at, job.due_at, effects()) == ("done", MONDAY, None, ["acme"])


def test_a_job_of_a_transaction_that_rolled_back_is_never_done(handle):
    handle("write", write)
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert Worker("ida").tick(MONDAY) == 0
    assert effects() == []


def test_a_job_waits_for_its_moment(handle):
    handle("write", write)
    enqueue(run_after=MONDAY + MINUTE)
    worker = Worker("ida")
    assert [worker.tick(MONDAY), worker.tick(MONDAY + 59 * SECOND), worker.tick(MONDAY + MINUTE)] == [0, 0, 1]


def test_jobs_are_taken_in_the_order_in_which_they_fell_due():
    late = enqueue(payload={"n": 2}, run_after=MONDAY - SECOND)
    early = enqueue(payload={"n": 1}, run_after=MONDAY - MINUTE)
    assert [job.pk for job in claim()] == [early.pk, late.pk]


def test_a_batch_is_small_and_the_rest_is_left_for_others():
    for _ in range(5):
        enqueue()
    assert [len(claim(owner="ida", limit=3)), len(claim(owner="jon", limit=3)), len(claim())] == [3, 2, 0]


def test_a_lane_does_not_see_the_jobs_of_another(lane):
    lane("pages")
    enqueue(lane="pages")
    assert (claim(), len(claim(lane="pages"))) == ([], 1)


def test_a_job_for_a_lane_that_nobody_serves_is_refused():
    with pytest.raises(UnknownLane, match="'pagse' is none of default, duties"):
        enqueue(lane="pagse")


# --- the same key ---------------------------------------------------------------------------------


def test_asking_twice_for_the_same_work_is_one_job():
    first, second = enqueue(key="ticket 7"), enqueue(key="ticket 7", payload={"other": 1})
    assert (first.pk, second.payload) == (second.pk, {})
    assert enqueue(key="ticket 8").pk != first.pk


def test_asking_again_for_something_sooner_pulls_it_forward():
    enqueue(key="ticket 7", run_after=MONDAY + 5 * MINUTE)
    enqueue(key="ticket 7", run_after=MONDAY + MINUTE)
    enqueue(key="ticket 7", run_after=MONDAY + 9 * MINUTE)
    assert len(claim(at=MONDAY + MINUTE)) == 1


def test_asking_again_while_the_job_runs_lets_it_run_once_more(handle):
    """It may have read the world before the change for which it was asked again."""
    handle(
        "write", lambda payload, *, at: enqueue(key="ticket 7") if not queries.beats(at=at)[0].done else None
    )
    job = enqueue(key="ticket 7")
    worker = Worker("ida")
    assert worker.tick(MONDAY) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    handle("write", lambda payload, *, at: None)
    assert [worker.tick(MONDAY), worker.tick(MONDAY)] == [1, 0]


def test_asking_after_the_end_is_new_work(handle):
    handle("write", lambda payload, *, at: None)
    first = enqueue(key="ticket 7")
    Worker("ida").tick(MONDAY)
    assert enqueue(key="ticket 7").pk != first.pk


# --- failing --------------------------------------------------------------------------------------


def fail(payload, *, at):
    Duty.objects.create(name="half done", next_due_at=at)
    raise ValueError("tills are down\x00")


def test_a_failing_job_leaves_nothing_behind_but_its_error(handle):
    handle("write", fail)
    job = enqueue()
    Worker("ida").tick(MONDAY)
    job.refresh_from_db()
    assert effects() == []
    assert job.state == "queued"
    assert job.due_at > MONDAY
    assert job.last_error.endswith("ValueError: tills are down\ufffd")


def test_a_job_that_keeps_failing_is_put_aside_and_a_person_lets_it_run_again(handle):
    handle("write", fail, policy=Policy(tries=3))
    job, worker, at = enqueue(key="ticket 7"), Worker("ida"), MONDAY
    for _ in range(10):
        worker.tick(at)
        at += 10 * MINUTE
    (aside,) = queries.quarantined(kind="write", containing="tills")
    assert (aside.pk, aside.attempts, queries.quarantined_by_kind()) == (job.pk, 3, {"write": 1})
    assert aside.last_error.startswith("It failed 3 times.")
    assert queries.counts() == queries.Counts(queued=0, leased=0, quarantined=1)
    assert queries.quarantined(containing="printer") == []

    handle("write", write)
    actions.retry(job=aside, at=at)
    assert worker.tick(at) == 1
    assert (effects(), queries.quarantined()) == (["written"], [])
    with pytest.raises(actions.NotQuarantined):
        actions.retry(job=aside, at=at)


def test_a_hopeless_job_is_put_aside_at_once_and_a_person_discards_it(handle):
    def give_up(payload, *, at):
        raise Hopeless("there is no such ticket")

    handle("write", give_up)
    enqueue()
    Worker("ida").tick(MONDAY)
    (aside,) = queries.quarantined()
    gone = actions.discard(job=aside, by="ida", at=MONDAY + MINUTE)
    assert (gone.state, gone.discarded_by, gone.finished_at) == ("done", "ida", MONDAY + MINUTE)
    assert queries.quarantined() == []
    with pytest.raises(actions.NotQuarantined):
        actions.discard(job=aside, by="jon", at=MONDAY)


def test_a_job_is_not_brought_back_beside_its_successor(handle):
    handle("write", fail, policy=Policy(tries=1))
    enqueue(key="ticket 7")
    Worker("ida").tick(MONDAY)
    (aside,) = queries.quarantined()
    enqueue(key="ticket 7", at=MONDAY + MINUTE)
    with pytest.raises(actions.SameWorkQueued):
        actions.retry(job=aside, at=MONDAY + MINUTE)


def test_quarantined_jobs_are_listed_page_by_page(handle):
    handle("write", fail, policy=Policy(tries=1))
    for minute in range(5):
        enqueue(at=MONDAY + minute * MINUTE)
        Worker("ida").tick(MONDAY + minute * MINUTE)
    first = queries.quarantined(limit=3)
    last = first[-1]
    rest = queries.quarantined(before=(last.quarantined_at, last.pk), limit=3)
    assert [job.quarantined_at.minute for job in [*first, *rest]] == [4, 3, 2, 1, 0]


def test_a_failing_job_does_not_stop_the_others(handle):
    handle("write", write)
    handle("fail", fail)
    enqueue("fail")
    enqueue()
    assert Worker("ida").tick(MONDAY) == 1
    assert effects() == ["written"]


def test_a_job_of_an_unknown_kind_waits_for_a_release_that_knows_it(handle):
    """F20: an old worker meets a job of a newer release."""
    job, worker = enqueue("later invention"), Worker("ida")
    for tries in range(20):
        worker.tick(MONDAY + tries * 6 * MINUTE)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    assert "knows no job of the kind 'later invention'" in job.last_error
    handle("later invention", write)
    assert worker.tick(MONDAY + timedelta(hours=3)) == 1


def test_work_that_waits_on_a_network_runs_outside_of_a_transaction(handle):
    handle("fetch", write, own_transactions=True, lease=timedelta(minutes=30))
    job = enqueue("fetch")
    assert Worker("ida").tick(MONDAY) == 1
    job.refresh_from_db()
    assert (job.state, effects()) == ("done", ["written"])


def test_a_lease_without_end_is_refused(handle):
    with pytest.raises(ValueError, match="lease=1 day"):
        handle("write", write, lease=timedelta(days=1))


# --- leases ---------------------------------------------------------------------------------------


def test_a_worker_that_died_is_replaced_when_its_lease_is_over(handle):
    handle("write", write)
    enqueue()
    claim(owner="ida")
    jon = Worker("jon")
    assert [jon.tick(MONDAY + LEASE - SECOND), jon.tick(MONDAY + LEASE)] == [0, 1]
    assert effects() == ["written"]


def test_a_worker_that_slept_past_its_lease_finishes_nothing(handle):
    """F9: ida claims and is stopped; jon takes over and ends; ida wakes, and her effect is rolled back."""
    handle("write", lambda payload, *, at: Duty.objects.create(name=f"at {at:%H:%M}", next_due_at=at))
    enqueue()
    (idas,) = claim(owner="ida")
    assert Worker("jon").tick(MONDAY + LEASE) == 1
    assert do(idas, at=MONDAY) is False
    assert effects() == ["at 09:02"]


def test_a_worker_that_wakes_while_another_is_at_it_neither_finishes_nor_fails_it(handle):
    enqueue()
    (idas,) = claim(owner="ida")
    (jons,) = claim(owner="jon", at=MONDAY + LEASE)
    for awake in (
        lambda: actions.finish(idas, at=MONDAY),
        lambda: actions.fail(idas, ValueError(), policy=Policy(), at=MONDAY),
        lambda: actions.release(idas),
        lambda: actions.extend(idas, until=MONDAY + timedelta(hours=9)),
    ):
        with pytest.raises(actions.LeaseLost):
            awake()
    jons.refresh_from_db()
    assert (jons.state, jons.owner, jons.lease_until) == ("leased", "jon", MONDAY + 2 * LEASE)
    actions.finish(jons, at=MONDAY + LEASE)


def test_a_late_worker_whose_job_nobody_took_may_still_finish(handle):
    """A lease that is over is a permission to others, not a loss."""
    handle("write", write)
    enqueue()
    (idas,) = claim(owner="ida")
    assert do(idas, at=MONDAY + 9 * LEASE) is True


def test_what_kills_its_workers_takes_the_others_of_its_batch_along_only_once(handle):
    """F7: the poison is claimed alone from then on, and put aside after three lost workers."""
    handle("write", write)
    handle("poison", write)
    poison = enqueue("poison", payload={"name": "never"})
    for number in range(3):
        enqueue(payload={"name": f"good {number}"})
    at = MONDAY
    assert len(claim(at=at)) == 4  # ... and the process dies
    for _ in range(2):
        at += LEASE
        assert [job.kind for job in claim(at=at, owner="dies too")] == ["poison"]
        while jobs := [job for job in claim(at=at) if job.kind == "write"]:
            assert len(jobs) == 1
            assert do(jobs[0], at=at)
    assert effects() == ["good 0", "good 1", "good 2"]
    Worker("jon").tick(at + LEASE)
    poison.refresh_from_db()
    assert (poison.state, poison.lost) == ("quarantined", 3)
    assert poison.last_error == "3 workers died, hung or were paused while they ran it."


def test_what_a_wrong_clock_put_far_ahead_is_brought_back(handle):
    """F13: a lease and a retry written a day ahead do not wait a day; what was asked for then does."""
    handle("fail", fail)
    wrong = MONDAY + timedelta(days=1)
    enqueue("fail", at=wrong)
    Worker("ida").tick(wrong)
    enqueue(at=wrong)
    claim(owner="ida", at=wrong)
    enqueue(at=MONDAY, run_after=wrong)
    enqueue("plain", at=wrong)
    assert actions.mend_leases(MONDAY) == 3
    assert len(claim(at=MONDAY + LEASE)) == 1  # the abandoned one, alone
    assert [job.kind for job in claim(at=MONDAY + LEASE)] == ["fail", "plain"]
    assert claim(at=MONDAY + LEASE) == []
    assert actions.mend_leases(MONDAY) == 0


def test_what_cannot_be_begun_in_good_time_is_given_back(handle):
    """A slow job in a batch does not eat the leases of those behind it."""
    steady = [0.0]

    def slow(payload, *, at):
        steady[0] += 61

    handle("slow", slow)
    for _ in range(3):
        enqueue("slow")
    worker = Worker("ida", steady=lambda: steady[0])
    assert [worker.tick(MONDAY) for _ in range(4)] == [1, 1, 1, 0]
    assert set(Job.objects.values_list("attempts", "lost")) == {(1, 0)}


def test_finished_jobs_are_forgotten_in_small_bites(handle):
    handle("write", lambda payload, *, at: None)
    for _ in range(5):
        enqueue()
    enqueue(run_after=MONDAY + timedelta(days=9))
    Worker("ida").tick(MONDAY)
    later = MONDAY + timedelta(days=1)
    assert [actions.forget_finished(before=later, limit=3) for _ in range(3)] == [3, 2, 0]
    assert Job.objects.count() == 1


def test_finished_jobs_are_kept_for_thirty_days(handle):
    handle("write", lambda payload, *, at: None)
    enqueue()
    Worker("ida").tick(MONDAY)
    days = timedelta(days=1)
    assert [actions.forget_old(MONDAY + 30 * days), actions.forget_old(MONDAY + 30 * days + SECOND)] == [0, 1]


def test_lateness_is_that_of_the_oldest_due_job():
    enqueue(run_after=MONDAY + MINUTE)
    enqueue(run_after=MONDAY + 5 * MINUTE)
    assert queries.lateness(at=MONDAY) == queries.Lateness(None, timedelta())
    late = queries.lateness(at=MONDAY + 6 * MINUTE)
    assert (late.oldest_due_at, late.late_by) == (MONDAY + MINUTE, 5 * MINUTE)


# --- the price of an idle look --------------------------------------------------------------------


def test_looking_for_work_reads_the_partial_index_and_nothing_else(django_assert_num_queries):
    """A plan that walks finished jobs is right and slow; only the plan shows it."""
    done = [Job(kind="old", run_after=MONDAY, created_at=MONDAY, state="done", finished_at=MONDAY)] * 2_000
    Job.objects.bulk_create(done)
    due = Job.objects.filter(lane="default", due_at__lte=MONDAY).order_by("due_at", "id")
    plan = sql.plan(due.values_list("pk", "state")[:10])
    assert "job_due" in plan
    assert "SCAN" not in plan.replace("Index Scan", "").replace("Index Only Scan", "")
    assert "sort" not in plan.lower().replace("b-tree", "")
    with django_assert_num_queries(1) as looks:
        claim()
    look = looks.captured_queries[0]["sql"]
    assert "job_due" in plan_of(look)


def plan_of(statement):
    """Return the plan of a statement that was written by hand."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + statement)
        return str(cursor.fetchall())


def test_the_lists_for_people_read_their_indexes():
    aside = Job.objects.filter(quarantined_at__isnull=False).order_by("-quarantined_at", "-id")[:50]
    old = Job.objects.filter(finished_at__lt=MONDAY).order_by("finished_at").values_list("pk", flat=True)[:50]
    same = Job.objects.filter(key="ticket 7", due_at__isnull=False)
    assert "job_quarantined" in sql.plan(aside)
    assert "job_finished" in sql.plan(old)
    assert "job_live_key" in sql.plan(same)
