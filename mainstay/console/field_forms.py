"""Forms of the desk's own fields: what they are, and what they hold on a ticket."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.console.forms import ActForm
from mainstay.contracts.models import Product
from mainstay.tickets import required
from mainstay.tickets.rows.fields import LONGEST, Field, FieldKind

BEFORE = "field-"  # before the id in the name of a form's field


class FieldsForm(ActForm):
    """The fields of one ticket, each with the control of its kind."""

    def prepare(self) -> None:
        held = {row.field_id: row.value for row in self.ticket.field_values.all()}
        self.asking: set[str] = set()  # names of those that hold yes or no
        for field in required.applying(self.ticket):
            control = _control(field)
            control.initial = _typed(field, held.get(field.pk))
            if field.required:
                control.help_text = "Needed before the ticket is resolved."
            self.fields[f"{BEFORE}{field.pk}"] = control
            if field.kind == FieldKind.YES_NO:
                self.asking.add(f"{BEFORE}{field.pk}")

    def clean(self) -> dict[str, Any]:
        """Read yes and no as what they are."""
        said = super().clean() or {}
        for name in set(said) & self.asking:
            said[name] = {"yes": True, "no": False}.get(said[name])
        return said


def _typed(field: Field, value: Any) -> Any:
    if field.kind == FieldKind.YES_NO and value is not None:
        return "yes" if value else "no"
    return value


def _control(field: Field) -> forms.Field:
    label: dict[str, Any] = {"label": field.name, "required": False}
    listed = [(option, option) for option in field.options]
    if field.kind == FieldKind.NUMBER:
        return forms.DecimalField(max_digits=15, decimal_places=4, **label)
    if field.kind == FieldKind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **label)
    if field.kind == FieldKind.YES_NO:
        return forms.ChoiceField(choices=[("", "Not said"), ("yes", "Yes"), ("no", "No")], **label)
    if field.kind == FieldKind.CHOICE:
        return forms.ChoiceField(choices=[("", "Not said"), *listed], **label)
    if field.kind == FieldKind.CHOICES:
        return forms.MultipleChoiceField(choices=listed, widget=forms.CheckboxSelectMultiple(), **label)
    return forms.CharField(max_length=LONGEST, **label)


class FieldForm(forms.Form):
    """One field, as managers make and change it."""

    name = forms.CharField(label="Name", max_length=80)
    kind = forms.ChoiceField(label="Holds", choices=FieldKind.choices, widget=forms.RadioSelect, initial="text")
    product = forms.ModelChoiceField(
        label="On tickets about",
        queryset=Product.objects.order_by("name", "pk"),
        required=False,
        empty_label="Any product",
    )
    options = forms.CharField(
        label="To choose from",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line; for a list only.",
    )
    required = forms.BooleanField(label="Needed before a ticket is resolved", required=False)

    def __init__(self, *args: Any, field: Field | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if field is not None:
            del self.fields["kind"], self.fields["product"]
            self.initial = {"name": field.name, "options": "\n".join(field.options), "required": field.required}

    def clean_options(self) -> list[str]:
        """Return the lines."""
        return str(self.cleaned_data["options"]).splitlines()


class BackForm(forms.Form):
    """Whether a retired field comes back."""

    back = forms.BooleanField(required=False)
