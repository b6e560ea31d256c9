"""Which processes are known to have ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from mainstay.lib import process

NAME_ITSELF = "from mainstay.lib import process; print(process.identity(), flush=True); input()"


@pytest.fixture
def other() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process, and the name it gives itself."""
    with subprocess.Popen(
        [sys.executable, "-c", NAME_ITSELF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        yield running, running.stdout.readline().strip()
        running.kill()


def test_a_process_that_lives_is_not_gone(other: tuple[subprocess.Popen[str], str]) -> None:
    assert not process.is_gone(process.identity())
    assert not process.is_gone(other[1])


def test_a_process_that_was_killed_is_gone_before_anybody_has_buried_it(
    other: tuple[subprocess.Popen[str], str],
) -> None:
    """A parent that is slow to wait leaves its number in use."""
    running, name = other
    running.kill()
    assert running.stdout is not None
    assert running.stdout.read() == ""
    while not process.is_gone(name):  # the kernel has closed its files a moment before it is marked as dead
        assert running.returncode is None
    assert running.poll() == -9
    assert process.is_gone(name)


def test_a_number_that_was_given_to_a_new_process_is_not_the_old_one() -> None:
    assert process.is_gone(f"{process.identity().rpartition(':')[0]}:1")


@pytest.mark.parametrize("name", ["", "vm:4711", "elsewhere/1/4711:12", "first"])
def test_of_a_process_elsewhere_nothing_is_known(name: str) -> None:
    assert not process.is_gone(name)
