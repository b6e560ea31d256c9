"""Arrows point down for rows too: the linter sees imports, but not what a foreign key names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.house import floor


def room_of(model: type[models.Model]) -> str:
    package, _, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if package == "mainstay" else ""


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if room_of(model)]


def arrows() -> Iterator[tuple[type[models.Model], str, type[models.Model]]]:
    """Walk the relations that a model declares itself; the way back from the other side is no arrow."""
    for model in own_models():
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            if field.is_relation and room_of(field.related_model):
                yield model, field.name, field.related_model


def is_downward(upper: str, lower: str) -> bool:
    depths = floor.depths()
    return upper == lower or depths[upper] < depths[lower]


@pytest.mark.parametrize(
    ("upper", "lower", "allowed"),
    [
        ("clocks", "tickets", True),
        ("tickets", "tickets", True),
        ("tickets", "clocks", False),
        ("console", "cli", False),  # doors stand side by side and never lean on each other
        ("outbox", "jobs", False),
    ],
)
def test_the_plan_itself_is_read_the_right_way_up(upper: str, lower: str, allowed: bool) -> None:
    assert is_downward(upper, lower) is allowed


def test_every_relation_between_rows_points_down() -> None:
    upward = [
        f"{model.__name__}.{name} ({room_of(model)}) points up to {target.__name__} ({room_of(target)})"
        for model, name, target in arrows()
        if not is_downward(room_of(model), room_of(target))
    ]
    assert upward == []


def test_the_walk_sees_the_relations_there_are() -> None:
    seen = {(model.__name__, name, target.__name__) for model, name, target in arrows()}
    assert ("Ticket", "organisation", "Organisation") in seen
    assert ("Team", "members", "Person") in seen
    assert ("Ticket", "about", "Ticket") in seen


def test_everything_in_the_package_is_a_room_on_the_plan_or_said_to_be_none() -> None:
    found = {
        path.stem
        for path in floor.PACKAGE.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert found == set(floor.rooms()) | floor.outside() & found


def test_every_room_with_rows_is_installed() -> None:
    with_rows = {path.parent.name for path in floor.PACKAGE.glob("*/models.py")}
    assert with_rows <= set(settings.ROOMS) <= set(floor.rooms())
