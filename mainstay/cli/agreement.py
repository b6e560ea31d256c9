"""`mainstay agreement`: check a file, show what it promises, say what another version changes, install it."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import asdict
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused
from mainstay.core.plain_words import describe, difference
from mainstay.core.terms import Agreement, AgreementFaults

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(no_args_is_help=True, help="Agreements: what is promised, as data.")


@app.command("check")
def check(file: Path, json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Report every fault of an agreement file in one go, each with its line and what to do. Needs no database."""
    faults = _faults_of(file)
    if json:
        output.as_json({"file": str(file), "faults": faults})
    else:
        for fault in faults:
            place = f"{file}:{fault['line']}" if fault["line"] else str(file)
            where = f" {fault['path']}" if fault["path"] else ""
            print(f"{place}:{where} {fault['message']}. {fault['remedy']}")
        print(
            f"{len(faults)} fault{'s' if len(faults) != 1 else ''}."
            if faults
            else f"{file}: nothing is wrong."
        )
    sys.exit(1 if faults else 0)


def _faults_of(file: Path) -> list[dict[str, object]]:
    from mainstay.contracts.places import line_of

    source = _source(str(file))
    try:
        _parsed(source)
    except tomllib.TOMLDecodeError as error:
        return [
            {
                "path": "",
                "line": _line_in(error),
                "message": f"is no TOML: {error}",
                "remedy": "Mend the syntax.",
            }
        ]
    except AgreementFaults as faults:
        return [
            {"path": f.path, "line": line_of(source, f.path), "message": f.message, "remedy": f.remedy}
            for f in faults.faults
        ]
    return []


def _line_in(error: tomllib.TOMLDecodeError) -> int | None:
    words = str(error).split("line ")
    return int(words[1].split(",")[0]) if len(words) > 1 else None


@app.command("show")
def show(
    file: str = typer.Argument("standard", help="A file, or `standard` for the one that ships."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Print what an agreement promises, for people."""
    lines = describe(read(file))
    if json:
        output.as_json([asdict(line) for line in lines])
        return
    part = ""
    for line in lines:
        if line.part != part:
            part = line.part
            print(f"\n{part}")
        print(f"  {line}  [clause {line.clause}]")


@app.command("diff")
def diff(old: str, new: str, json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Say in words what changes, and for whom, between two agreement files. Exit code 1 where something does."""
    changes = difference(read(old), read(new))
    if json:
        output.as_json([asdict(change) for change in changes])
    else:
        for change in changes:
            print(change)
        if not changes:
            print("Both promise the same.")
    sys.exit(1 if changes else 0)


@app.command("install")
def install(file: Path) -> None:
    """Check an agreement file and add it as a version. What was promised before is never rewritten."""
    django_room.migrated()
    from mainstay.contracts import actions
    from mainstay.lib.time import now

    try:
        version = actions.install_agreement(source=_source(str(file)), at=now(), by="command line")
    except AgreementFaults as faults:
        raise Refused(
            f"{file} has {len(faults.faults)} faults; see: mainstay agreement check {file}"
        ) from faults
    except (tomllib.TOMLDecodeError, actions.AlreadyInstalled) as error:
        raise Refused(str(error)) from error
    print(f"Installed {version}, effective from {version.effective_from.day} {version.effective_from:%B %Y}.")


def read(name: str) -> Agreement:
    """Return the agreement in a file, or the shipped one called `standard`. Raises Refused."""
    try:
        return _parsed(_source(name))
    except (AgreementFaults, tomllib.TOMLDecodeError) as error:
        raise Refused(f"{name} has faults; see: mainstay agreement check {name}") from error


def _parsed(source: str) -> Agreement:
    return Agreement.from_dict(tomllib.loads(source, parse_float=Decimal), shipped_holidays())


def _source(name: str) -> str:
    if name == "standard":
        return resources.files("mainstay.agreements").joinpath("standard.toml").read_text(encoding="utf-8")
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(f"cannot read {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not UTF-8 text; save it as UTF-8") from error


def shipped_holidays() -> dict[str, Mapping[str, object]]:
    """Return the holiday tables that come with the program, by name."""
    folder = resources.files("mainstay.agreements").joinpath("holidays")
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir()]
    return {str(table["name"]): table for table in tables}
