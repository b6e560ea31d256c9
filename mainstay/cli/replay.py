"""`mainstay replay`: answer stories of what happened, without a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from mainstay.cli import agreement, output
from mainstay.cli.output import Refused
from mainstay.core import replay as core


def replay(
    file: Path = typer.Argument(help="Stories in the format of docs/replay.md; - for standard input."),
    agreement_file: str = typer.Option("standard", "--agreement", help="Another agreement file."),
) -> None:
    """Print, as JSON, what each promise of each story came to: {id, severity, response, resolution, complaint}."""
    try:
        stories = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise Refused(f"{file} is no JSON: {error}") from error
    try:
        answers = core.answers(
            stories if isinstance(stories, dict) else {"cases": stories}, agreement.read(agreement_file)
        )
    except core.BadStory as bad:
        raise Refused(f"{file}: {bad}") from bad
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused(f"{file} does not tell stories as docs/replay.md has them: {error!r}") from error
    output.as_json(answers)
