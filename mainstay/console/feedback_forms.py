"""Forms about surveys, and about the products that people write from."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.contracts.models import Product
from mainstay.feedback.models import BEST, WORST, Part, SurveyManner
from mainstay.screens.choices import of_rows

PREFIX = "part-"


class MannerForm(forms.Form):
    """How often somebody is asked, what is low, and what is rated."""

    apart_days = forms.IntegerField(
        label="Days between two surveys to one person", min_value=0, max_value=365,
        help_text="0 asks after each closing.",
    )  # fmt: skip
    low = forms.IntegerField(
        label="Told to the managers: a rating up to", min_value=WORST - 1, max_value=BEST,
        help_text=f"{WORST} is very poor, {BEST} very good. 0 tells of none.",
    )  # fmt: skip

    def __init__(self, *args: Any, manner: SurveyManner, parts: list[Part], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"apart_days": manner.apart_days, "low": manner.low})
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            self.fields[PREFIX + part.key] = forms.CharField(
                label=f"Part: {part.words}", initial="" if part.retired_at else part.words, required=False,
                max_length=120,
            )  # fmt: skip
        self.fields["new"] = forms.CharField(
            label="Another part", required=False, max_length=120,
            help_text="A part without words is asked no more; its answers stay.",
        )  # fmt: skip

    def words(self) -> dict[str, str]:
        """Return what the parts are called now, by key. Only of a valid form."""
        return {part.key: self.cleaned_data[PREFIX + part.key] for part in self.parts}


class OriginsForm(forms.Form):
    """Which pages may show our form."""

    origins = forms.CharField(
        label="Origins of its pages",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4_000,
        help_text="One a line, such as https://app.example.org. Only these may show our form in a frame.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_origins(self) -> list[str]:
        """Return the lines that say something."""
        return [line.strip() for line in self.cleaned_data["origins"].splitlines() if line.strip()]


class SourceForm(OriginsForm):
    """A product that people may write from."""

    product = forms.ModelChoiceField(label="Product", queryset=Product.objects.none(), empty_label="Choose one")
    field_order = ("product", "origins")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.order_by("name", "pk")
        of_rows(self, "product").queryset = products
