"""The command line: one command, `mainstay`. Parses, calls one action or query, prints.

Exit codes: 0 done, 1 something was found or refused (said on stderr), 2 the command was called wrongly.
"""

from __future__ import annotations

import os


def main() -> None:
    """Run the `mainstay` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
    from mainstay.cli.program import run

    run()
