"""The calendars and coverages of an agreement file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from mainstay.core.agreement_page import Page
from mainstay.core.promises import Coverage, NamedCalendar
from mainstay.core.units import read_span
from mainstay.core.worktime import BadCalendar, Calendar, NeverOpens

DAY = timedelta(days=1)
HOURS = "09:00-17:00"
ANY_TIME = Calendar.from_dict({"tz": "UTC", "hours": {"mon": [["00:00", "24:00"]]}})
STAND_IN = NamedCalendar(
    "", "", ANY_TIME, DAY, ""
)  # for a calendar that cannot be read, until the faults are told


def read_calendars(file: Page, holidays: Mapping[str, Mapping[str, object]]) -> dict[str, NamedCalendar]:
    inline = file.table.get("holidays")
    own = inline if isinstance(inline, Mapping) else {}
    if file.has("holidays") and own is not inline:
        file.fault("holidays", "is no table", "Write a table of dates under [holidays.name].")
    tables = {**holidays, **own}
    return {name: _calendar(name, page, tables) for name, page in file.named_pages("calendars").items()}


def _calendar(name: str, page: Page, tables: Mapping[str, object]) -> NamedCalendar:
    spec: dict[str, object] = {"tz": page.text("timezone"), "hours": _windows(page.get("hours"))}
    if page.has("exceptions"):
        spec["exceptions"] = _windows(page.get("exceptions"))
    if page.has("holiday_rule"):
        spec["holiday_rule"] = page.get("holiday_rule")
    version = ""
    if page.has("holidays"):
        table = tables.get(page.known("holidays", tables, "table of holidays"))
        if isinstance(table, Mapping):
            version, dates = str(table.get("version", "")), table.get("dates", ())
            spec["holidays"] = list(dates) if isinstance(dates, Mapping) else dates
    day = page.span("standard_day", lambda text: read_span(text, DAY), 'standard_day = "8h"')
    named = NamedCalendar(name, version, _prepared(name, version, spec, page), day, page.clause())
    page.close()
    return named


def _windows(hours: object) -> object:
    """Turn "09:00-17:00" into the pair that a calendar reads; it refuses the rest itself."""
    if not isinstance(hours, Mapping):
        return hours
    return {
        day: [w.split("-") if isinstance(w, str) else w for w in windows]
        if isinstance(windows, list | tuple)
        else windows
        for day, windows in hours.items()
    }


def _prepared(name: str, version: str, spec: Mapping[str, object], page: Page) -> Calendar:
    try:
        return Calendar.from_dict(spec, name=name, version=version)
    except BadCalendar as bad:
        for fault in bad.faults:
            place = "timezone" if fault.place == "tz" else fault.place
            message, _, remedy = fault.problem.partition("; ")
            if not (place == "timezone" and not spec["tz"]):  # that it is missing was noted already
                remedy = remedy or f'write windows like "{HOURS}"'
                page.fault(place, message, f"{remedy[0].upper()}{remedy[1:]}.")
    except NeverOpens:
        page.fault(
            "hours", "never open, so nothing would ever fall due", f'Give a day a window: mon = ["{HOURS}"].'
        )
    return ANY_TIME


def read_coverages(
    file: Page, calendars: Mapping[str, NamedCalendar], levels: tuple[int, ...]
) -> list[tuple[Coverage, dict[int, NamedCalendar]]]:
    found = []
    for name, page in file.named_pages("coverage").items():
        reports = page.known("reports", calendars, "calendar")
        moved = _moved(page, calendars, levels)
        if reports in calendars:
            found.append((Coverage(name, calendars[reports], page.clause()), moved))
        page.close()
    return found


def _moved(
    page: Page, calendars: Mapping[str, NamedCalendar], levels: tuple[int, ...]
) -> dict[int, NamedCalendar]:
    """Read which severities a coverage puts on another calendar."""
    if not page.has("severities"):
        return {}
    under = page.page("severities")
    moved = {}
    for level in under.table:
        under.check(level, level, [str(known) for known in levels], "severity")
        calendar = under.known(level, calendars, "calendar")
        if level.isdecimal() and calendar in calendars:
            moved[int(level)] = calendars[calendar]
    return moved
