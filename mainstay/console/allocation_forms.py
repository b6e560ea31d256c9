"""Forms of giving tickets to people: rules, skills, and trying the rules out."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.contracts.models import Coverage, Product
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.screens.choices import of_rows, of_words
from mainstay.tickets.rows.allocation import Picking, Rule


class _Form(forms.Form):
    def __init__(self, *args: Any, levels: tuple[Any, ...] = (), **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.levels = levels
        self.prepare()

    def prepare(self) -> None:
        """Fill in what there is to choose from."""

    def choose(self, name: str, rows: Any) -> None:
        """Let a field choose among `rows`."""
        of_rows(self, name).queryset = rows


class RuleForm(_Form):
    """One rule: its conditions, then who takes what fits them."""

    name = forms.CharField(label="Name", max_length=120, help_text="Stands on each ticket that the rule takes.")
    severities = forms.TypedMultipleChoiceField(
        label="Of severity", coerce=int, required=False, widget=forms.CheckboxSelectMultiple(),
        help_text="None chosen: any, and also while nobody has assessed it.",
    )  # fmt: skip
    product = forms.ModelChoiceField(
        label="About", queryset=Product.objects.none(), required=False, empty_label="Any product"
    )
    organisation = forms.ModelChoiceField(
        label="Of client", queryset=Organisation.objects.none(), required=False, empty_label="Any client"
    )
    coverage = forms.ChoiceField(
        label="On coverage", choices=[("", "Any coverage"), *Coverage.choices], required=False
    )
    team = forms.ModelChoiceField(label="Team", queryset=Team.objects.none(), empty_label="Choose a team")
    picking = forms.ChoiceField(label="Person", choices=Picking.choices, widget=forms.RadioSelect)
    knows_product = forms.BooleanField(label="Only people who know the ticket's product", required=False)
    skill = forms.CharField(
        label="Only people with the skill", max_length=60, required=False, help_text="As written under Skills."
    )

    def prepare(self) -> None:
        of_words(self, "severities").choices = [(one.level, f"{one.level} {one.name}") for one in self.levels]
        self.choose("product", Product.objects.order_by("name", "pk"))
        self.choose("organisation", Organisation.objects.order_by("name", "pk"))
        self.choose("team", Team.objects.order_by("name", "pk"))
        self.fields["picking"].initial = Picking.NOBODY

    @staticmethod
    def typed(rule: Rule) -> dict[str, Any]:
        """Return what the form shows of a rule that is there."""
        names = ("name", "severities", "coverage", "picking", "knows_product", "skill")
        links = {name: getattr(rule, f"{name}_id") for name in ("product", "organisation", "team")}
        return {name: getattr(rule, name) for name in names} | links


class TryForm(_Form):
    """A ticket that is there, or one that might come."""

    reference = forms.CharField(label="Reference", max_length=40, required=False)
    severity = forms.TypedChoiceField(label="Severity", coerce=int, required=False, empty_value=None)
    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.none(), required=False, empty_label="Not known"
    )
    organisation = forms.ModelChoiceField(
        label="Client", queryset=Organisation.objects.none(), required=False, empty_label="Not known"
    )
    coverage = forms.ChoiceField(label="Coverage", choices=Coverage.choices, required=False)

    def prepare(self) -> None:
        levels = [(one.level, f"{one.level} {one.name}") for one in self.levels]
        of_words(self, "severity").choices = [("", "Not assessed"), *levels]
        self.choose("product", Product.objects.order_by("name", "pk"))
        self.choose("organisation", Organisation.objects.order_by("name", "pk"))


class SkillForm(_Form):
    """What somebody can do."""

    person = forms.ModelChoiceField(
        label="Colleague", queryset=Person.objects.none(), empty_label="Choose a colleague"
    )
    product = forms.ModelChoiceField(
        label="Knows the product", queryset=Product.objects.none(), required=False, empty_label="None"
    )
    word = forms.CharField(label="Or a skill in your words", max_length=60, required=False)

    def prepare(self) -> None:
        staff = Person.objects.filter(is_active=True).exclude(staff_role="")
        self.choose("person", staff.order_by("name", "pk"))
        self.choose("product", Product.objects.order_by("name", "pk"))


class MoveForm(_Form):
    """Whether a rule is asked earlier or later."""

    up = forms.BooleanField(required=False)
