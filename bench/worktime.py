"""Working time side by side: ours and the libraries that people reach for, on the same cases in one run.

`python -m bench.worktime` prints microseconds per call and how many times as long as ours that is, says where
an answer differs from ours, and how our cost grows with the span. Figures of one run compare with each other,
not between machines, nor between a busy hour and a quiet one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from timeit import Timer
from zoneinfo import ZoneInfo

import businesstimedelta
import pandas
import pytz
from business_duration import businessDuration
from workalendar.europe import UnitedKingdom

from mainstay.core.worktime import Calendar

LONDON, PYTZ_LONDON = ZoneInfo("Europe/London"), pytz.timezone("Europe/London")
OPENS, CLOSES = time(9), time(17, 30)
VECTORS = Path(__file__).parent.parent / "tests" / "vectors" / "bank_holidays_england.json"
HOLIDAYS = [date.fromisoformat(day["date"]) for day in json.loads(VECTORS.read_text())["days"]]
START = datetime(2026, 1, 5, 9, tzinfo=LONDON)
WORKING_DAY = timedelta(hours=8, minutes=30)
SPANS = {"1 day": 1, "1 month": 23, "1 year": 253}  # in working days

Question = Callable[[], object]


@dataclass(frozen=True)
class Contender:
    """A library's way to ask for a span of working days; None where it has no such question."""

    name: str
    add: Callable[[int], Question | None]
    between: Callable[[int], Question | None]
    note: str = ""
    budget: Callable[[int], timedelta] = lambda days: days * WORKING_DAY


def main() -> None:
    print("Mon-Fri 09:00-17:30 Europe/London, English bank holidays, from Monday 5 January 2026 09:00.")
    print("Microseconds per call (best of many short blocks), and how many times as long as ours.\n")
    for question in ("add", "between"):
        compare(question)
    growth()


def compare(question: str) -> None:
    print(f"{question:<34}" + "".join(f"{span:>24}" for span in SPANS))
    times: dict[str, dict[str, float]] = {}
    for contender in CONTENDERS:
        cells = []
        for span, days in SPANS.items():
            asked = getattr(contender, question)(days)
            if asked is None:
                cells.append(f"{'-':>24}")
                continue
            times.setdefault(span, {})[contender.name] = took = microseconds(asked)
            ratio = took / times[span]["mainstay"]
            verdict = "" if same(question, asked(), days, contender.budget(days)) else " other answer"
            cells.append(f"{f'{took:,.2f} ({ratio:,.1f}x){verdict}':>24}")
        print(f"{contender.name + contender.note:<34}" + "".join(cells))
    print()


def growth() -> None:
    print("How our cost grows with the span (microseconds per call)\n")
    print(f"{'':<34}{'add':>12}{'between':>12}{'due, 10 pauses':>18}{'elapsed, 10 pauses':>22}")
    for name, days in {"1 hour": 0, **SPANS, "5 years": 1_265, "20 years": 5_060}.items():
        budget = days * WORKING_DAY or timedelta(hours=1)
        start, end = START.astimezone(UTC), OURS.add(START, budget)
        step = (end - start) / 20
        held = [(start + 2 * n * step, start + (2 * n + 1) * step) for n in range(10)]
        asked = (
            lambda start=start, budget=budget: OURS.add(start, budget),
            lambda start=start, end=end: OURS.between(start, end),
            lambda start=start, budget=budget, held=held: OURS.due(start, budget, held),
            lambda start=start, end=end, held=held: OURS.elapsed(start, end, held),
        )
        figures = [microseconds(question) for question in asked]
        print(
            f"{name:<34}" + "".join(f"{f:>{w},.2f}" for f, w in zip(figures, (12, 12, 18, 22), strict=True))
        )


def microseconds(asked: Question) -> float:
    """Return the time of one call: the best of many short blocks, as other work only adds."""
    timer, calls = Timer(asked), 1
    while timer.timeit(calls) < 0.002:
        calls *= 2
    blocks: list[float] = []
    while sum(blocks) < 0.3:
        blocks.append(timer.timeit(calls))
    return min(blocks) / calls * 1e6


def same(question: str, answer: object, days: int, budget: timedelta) -> bool:
    if question == "between":
        return answer in (budget, days)
    ours = OURS.add(START, budget)
    return answer in (ours, ours.astimezone(LONDON).date())


OURS = Calendar.from_dict(
    {
        "tz": "Europe/London",
        "hours": {day: [[OPENS, CLOSES]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": HOLIDAYS,
    }
)


def mainstay_add(days: int) -> Question:
    start, budget = START.astimezone(UTC), days * WORKING_DAY
    return lambda: OURS.add(start, budget)


def mainstay_between(days: int) -> Question:
    start, end = START.astimezone(UTC), OURS.add(START, days * WORKING_DAY)
    return lambda: OURS.between(start, end)


RULES = businesstimedelta.Rules(
    [
        businesstimedelta.WorkDayRule(
            start_time=OPENS, end_time=CLOSES, working_days=[0, 1, 2, 3, 4], tz=PYTZ_LONDON
        ),
        businesstimedelta.HolidayRule(HOLIDAYS, tz=PYTZ_LONDON),
    ]
)


def businesstimedelta_add(days: int) -> Question:
    start = PYTZ_LONDON.localize(START.replace(tzinfo=None))
    budget = businesstimedelta.BusinessTimeDelta(RULES, timedelta=days * WORKING_DAY)
    return lambda: start + budget


def businesstimedelta_between(days: int) -> Question:
    start, end = (PYTZ_LONDON.localize(at.replace(tzinfo=None)) for at in (START, local_end(days)))
    return lambda: RULES.difference(start, end).timedelta


def business_duration_between(days: int) -> Question:
    start, end = START.replace(tzinfo=None), local_end(days).replace(tzinfo=None)
    return lambda: timedelta(
        minutes=businessDuration(
            start, end, starttime=OPENS, endtime=CLOSES, holidaylist=HOLIDAYS, unit="min"
        )
    )


def pandas_add(days: int) -> Question:
    hours = pandas.offsets.CustomBusinessHour(start="09:00", end="17:30", holidays=HOLIDAYS)
    start, budget = pandas.Timestamp(START), hours * (whole_hours(days) // timedelta(hours=1))
    return lambda: start + budget


def whole_hours(days: int) -> timedelta:
    hours: timedelta = days * WORKING_DAY // timedelta(hours=1) * timedelta(hours=1)
    return hours


WORKALENDAR = UnitedKingdom()
DAY_BEFORE = START.date() - timedelta(days=3)  # the Friday, from which the first working day is the Monday


def workalendar_add(days: int) -> Question:
    return lambda: WORKALENDAR.add_working_days(DAY_BEFORE, days)


def workalendar_between(days: int) -> Question:
    end = local_end(days).date()
    return lambda: WORKALENDAR.get_working_days_delta(DAY_BEFORE, end)


def local_end(days: int) -> datetime:
    return OURS.add(START, days * WORKING_DAY).astimezone(LONDON)


def nothing(days: int) -> None:
    """Stand in for a question that a library cannot answer."""


CONTENDERS = (
    Contender("mainstay", mainstay_add, mainstay_between),
    Contender("businesstimedelta", businesstimedelta_add, businesstimedelta_between),
    Contender("business-duration", nothing, business_duration_between),
    Contender("pandas CustomBusinessHour", pandas_add, nothing, " (hours)", whole_hours),
    Contender("workalendar", workalendar_add, workalendar_between, " (days only)"),
)

if __name__ == "__main__":
    main()
