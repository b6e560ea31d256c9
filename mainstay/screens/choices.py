"""The fields of a form whose choices are known only once it is asked for. Django types them as plain ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms


def of_rows(form: forms.BaseForm, name: str) -> forms.ModelChoiceField[Any]:
    """Return the field `name` of `form`, which chooses one or more rows."""
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


def of_words(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """Return the field `name` of `form`, which chooses among words."""
    return cast(forms.ChoiceField, form.fields[name])


def tell_rows(form: forms.BaseForm, name: str, label: Callable[[Any], str]) -> None:
    """Have the field `name` of `form` call each of its rows by `label`."""
    of_rows(form, name).label_from_instance = label  # type: ignore[method-assign, assignment]  # as Django asks
