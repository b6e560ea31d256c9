"""Migrations are read by people long after they were written, so each says in its name what it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.house import floor

FILES = sorted(floor.PACKAGE.glob("*/migrations/[0-9]*.py"))
LONGEST_NAME = 30  # what Django itself allows, so that no engine cuts a name short


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_migration_has_a_name_for_people(path: Path) -> None:
    name = re.fullmatch(r"[0-9]{4}_([a-z][a-z0-9]+(?:_[a-z0-9]+)*)", path.stem)
    assert name, f"{path.stem}: write four digits and some words"
    assert not re.search(r"auto|alter_|_and_more|initial", name[1]), f"{path.stem} was named by a machine"


@pytest.mark.parametrize("room", sorted({path.parent.parent.name for path in FILES}))
def test_migrations_of_a_room_form_one_line(room: str) -> None:
    numbers = [int(path.stem[:4]) for path in FILES if path.parent.parent.name == room]
    assert numbers == list(range(1, len(numbers) + 1))


def constraints_and_indexes() -> list[tuple[str, str]]:
    return [
        (model.__name__, named.name)
        for model in apps.get_models()
        if model.__module__.startswith("mainstay.")
        for named in [*model._meta.constraints, *model._meta.indexes]
    ]


def test_constraints_and_indexes_have_names_for_people() -> None:
    """A person meets these names in an error or a query plan; Django's own end in a digest."""
    made_up = [
        f"{model}: {name}"
        for model, name in constraints_and_indexes()
        if re.search(r"_[0-9a-f]{6,8}(_|$)", name)
    ]
    assert constraints_and_indexes()
    assert made_up == []


def test_index_names_fit_every_engine() -> None:
    too_long = [
        index.name
        for model in apps.get_models()
        for index in model._meta.indexes
        if isinstance(index, models.Index) and len(index.name) > LONGEST_NAME
    ]
    assert too_long == []
