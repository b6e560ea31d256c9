"""`mainstay article`: articles from a folder of Markdown files, and into one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused

app = typer.Typer(no_args_is_help=True, help="Articles of the Support Hub.")


@app.command("import")
def bring_in(
    folder: Path, json: bool = typer.Option(False, "--json", help="Print JSON, faults included.")
) -> None:
    """Add and change articles from Markdown files. Checks all first; writes all or nothing; safe to repeat."""
    django_room.migrated()
    from mainstay.knowledge import folder as folders
    from mainstay.lib.time import now

    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    try:
        done = folders.bring_in(folder, at=now())
    except folders.Unfit as unfit:
        if json:
            output.as_json({"written": False, "faults": [asdict(fault) for fault in unfit.faults]})
        else:
            print("\n".join(str(fault) for fault in unfit.faults))
        number = len(unfit.faults)
        raise Refused(f"{number} fault{'' if number == 1 else 's'} in {folder}; nothing was written") from unfit
    if json:
        output.as_json({"written": True, **asdict(done)})
    else:
        print(f"Added {len(done.added)}, changed {len(done.changed)}; {len(done.unchanged)} were the same already.")


@app.command("export")
def take_out(folder: Path) -> None:
    """Write every article as a Markdown file with its pictures, each in a folder of its own. Import reads it back."""
    django_room.prepared()
    from mainstay.knowledge import folder as folders
    from mainstay.lib import files

    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = folders.take_out(folder)
    except OSError as error:
        raise Refused(f"cannot write {folder}: {error.strerror}") from error
    except (files.FileMissing, files.FileDamaged) as error:
        raise Refused(f"{error}; see: mainstay verify") from error
    print(f"Wrote {number} article{'' if number == 1 else 's'} into {folder}.")
