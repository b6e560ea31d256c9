"""Law 1: promises are data. `mainstay agreement` checks a file, tells what it promises, and says what changes for whom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from mainstay.agreements import source
from mainstay.contracts.models import AgreementVersion
from tests.desk import Desk


def written(path: Path, **changes: str) -> str:
    """Write the standard agreement with each text on the left replaced by the one on the right; return its name."""
    text = source("standard")
    for old, new in changes.items():
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return str(path)


NEWER = {'version = "2026.1"': 'version = "2026.2"'}
FASTER = {**NEWER, 'targets = { 1 = "2h", 2 = "6h", 3 = "5d"': 'targets = { 1 = "2h", 2 = "4h", 3 = "5d"'}


def test_check_finds_nothing_wrong_with_the_standard(desk: Desk, tmp_path: Path) -> None:
    done = desk.command("agreement", "check", written(tmp_path / "a.toml"))

    assert (done.exit_code, done.output.strip().endswith("nothing is wrong.")) == (0, True)


def test_check_reports_every_fault_with_its_line_and_its_remedy(desk: Desk, tmp_path: Path) -> None:
    wrong = written(
        tmp_path / "a.toml",
        **{
            'targets = { 1 = "2h", 2 = "6h"': 'targets = { 1 = "2h", 2 = "soon"',
            'silence = "5d"': 'silence = "whenever"',
            'timezone = "Europe/London"\nhours = { mon = ["09:00-17:30"]': 'timezone = "Europe/Londinium"\nhours = { mon = ["09:00-17:30"]',
        },
    )
    done = desk.command("agreement", "check", wrong, "--json")

    assert done.exit_code == 1
    faults = json.loads(done.stdout)["faults"]
    lines = Path(wrong).read_text(encoding="utf-8").splitlines()
    found = {fault["path"]: fault for fault in faults}
    assert len(found) >= 3
    assert all(fault["remedy"] and fault["message"] for fault in faults)
    for word in ("soon", "whenever", "Londinium"):
        (fault,) = [one for one in faults if word in one["message"] or word in lines[one["line"] - 1]]
        assert word in lines[fault["line"] - 1]
    told = desk.command("agreement", "check", wrong).output
    assert f"{wrong}:{faults[0]['line']}: {faults[0]['path']}" in told
    assert told.strip().endswith(f"{len(faults)} faults.")


def test_check_says_where_a_file_is_no_toml(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "a.toml"
    broken.write_text('[agreement]\nname = "standard\n', encoding="utf-8")

    done = desk.command("agreement", "check", str(broken))
    assert done.exit_code == 1
    assert f"{broken}:2" in done.output
    assert "is no TOML" in done.output


def test_show_tells_the_promises_with_their_clauses(desk: Desk) -> None:
    done = desk.command("agreement", "show")

    assert done.exit_code == 0
    for words in ("resolution, severity 2: 6 h in core hours  [clause 5 (Resolution Time)]", "99.9", "[clause 3.5]"):
        assert words in done.output
    as_data = json.loads(desk.command("agreement", "show", "--json").stdout)
    assert all(line["clause"] for line in as_data)
    assert {"part", "who", "what", "text", "clause"} == set(as_data[0])


def test_diff_says_what_changes_and_for_whom(desk: Desk, tmp_path: Path) -> None:
    done = desk.command("agreement", "diff", "standard", written(tmp_path / "b.toml", **FASTER))

    assert done.exit_code == 1
    assert "from 6" in done.output
    assert "to 4" in done.output
    assert "severity 2" in done.output
    same = desk.command("agreement", "diff", "standard", "standard")
    assert (same.exit_code, same.output.strip()) == (0, "Both promise the same.")


def test_install_adds_a_version_and_rewrites_none(desk: Desk, tmp_path: Path) -> None:
    file = written(tmp_path / "b.toml", **FASTER)
    done = desk.command("agreement", "install", file)
    assert done.exit_code == 0, done.exception
    assert "Installed standard 2026.2" in done.output
    assert sorted(map(str, AgreementVersion.objects.all())) == ["standard 2026.1", "standard 2026.2"]

    again = desk.command("agreement", "install", file)
    assert again.exit_code == 0
    Path(file).write_text(Path(file).read_text(encoding="utf-8").replace('2 = "4h", 3 = "5d"', '2 = "5h", 3 = "5d"'), encoding="utf-8")
    refused = desk.command("agreement", "install", file)
    assert refused.exit_code == 1
    assert "Give the changed file a new version" in str(refused.exception)
    assert AgreementVersion.objects.count() == 2


def test_install_takes_no_file_with_faults(desk: Desk, tmp_path: Path) -> None:
    wrong = written(tmp_path / "b.toml", **NEWER, **{'silence = "5d"': 'silence = "whenever"'})

    done = desk.command("agreement", "install", wrong)
    assert done.exit_code == 1
    assert "mainstay agreement check" in str(done.exception)
    assert AgreementVersion.objects.count() == 1


def test_what_is_refused_is_one_plain_line_for_a_script(tmp_path: Path) -> None:
    """As a command of its own: words on stderr, exit code 1, and 2 where it was called wrongly."""
    mainstay = [sys.executable, "-c", "from mainstay.cli import main; main()"]
    environment = {**os.environ, "MAINSTAY_DATA": str(tmp_path)}

    refused = subprocess.run(
        [*mainstay, "agreement", "show", "nowhere.toml"], capture_output=True, text=True, check=False, env=environment
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "mainstay: cannot read nowhere.toml: No such file or directory\n"
    wrongly = subprocess.run(
        [*mainstay, "agreement", "diff", "standard"], capture_output=True, text=True, check=False, env=environment
    )
    assert wrongly.returncode == 2
