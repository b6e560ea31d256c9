"""Overrides: what one contract agreed otherwise in writing, laid over the agreement's own content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mainstay.core.agreement_page import AgreementFaults, Fault, nearest

KEYS = ("level", "name", "occasion")  # what an entry of a list is known by, the first that it has


def overridden(data: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return `data` with `changes` over it, neither of them touched.

    Tables are gone into, single values and whole lists replaced. Entries of a list of tables are found by
    their name, level or occasion. Raises AgreementFaults for an entry that is not there, or for a change of
    [agreement] itself.
    """
    faults: list[Fault] = []
    if "agreement" in changes:
        faults.append(
            Fault("agreement", "a contract cannot change what the agreement is", "Remove this table.")
        )
    merged = _table(data, {key: value for key, value in changes.items() if key != "agreement"}, "", faults)
    if faults:
        raise AgreementFaults(faults)
    return merged


def _table(
    data: Mapping[str, object], changes: Mapping[str, object], path: str, faults: list[Fault]
) -> dict[str, object]:
    merged = dict(data)
    for key, value in changes.items():
        place = f"{path}.{key}" if path else key
        merged[key] = _laid(data.get(key), value, place, faults)
    return merged


def _laid(old: object, new: object, path: str, faults: list[Fault]) -> object:
    if not isinstance(new, Mapping):
        return new
    if isinstance(old, Mapping):
        return _table(old, new, path, faults)
    if isinstance(old, Sequence) and not isinstance(old, str):
        return _entries(old, new, path, faults)
    return new


def _entries(
    entries: Sequence[object], changes: Mapping[str, object], path: str, faults: list[Fault]
) -> list[object]:
    names = [_name(entry) for entry in entries]
    for name in changes:
        if name not in names:
            known = ", ".join(filter(None, names)) or "none that can be named; give the whole list"
            faults.append(
                Fault(f"{path}.{name}", "is not in the agreement", f"{nearest(name, names)}Known: {known}.")
            )
    return [
        _laid(entry, changes[name], f"{path}.{name}", faults) if name in changes else entry
        for name, entry in zip(names, entries, strict=True)
    ]


def _name(entry: object) -> str:
    table = entry if isinstance(entry, Mapping) else {}
    return next((str(table[key]) for key in KEYS if key in table and "commitments" not in table), "")
