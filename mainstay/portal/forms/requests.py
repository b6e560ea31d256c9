"""What clients fill in about requests: a new one, and what they say on one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.clocks import requests as listed
from mainstay.clocks.requests import Choices
from mainstay.contracts.models import Product
from mainstay.orgs.models import Organisation
from mainstay.screens.choices import of_rows, of_words
from mainstay.screens.uploads import FilesField

LONGEST = 50_000  # characters of one message
URGENCY = (  # asked in a client's words; the agreement's matrix has the keys
    ("high", _("We cannot work, or somebody is at risk")),
    ("medium", _("We can work, but with trouble")),
    ("low", _("It can wait")),
)
IMPACT = (
    ("high", _("Everybody, or the whole service")),
    ("medium", _("Some of us, or a part of the service")),
    ("low", _("One person, or a small thing")),
)
PARTS = (  # of a new request beside its description, as they stand in its first message
    ("steps", _("What we were doing")),
    ("since", _("Since when")),
    ("affected", _("How many are affected")),
)


DRAFTED = ("organisation", "product", "subject", "text", "steps", "since", "affected", "urgency", "impact")


class NewRequestForm(forms.Form):
    """A new request. `organisations` are those that the person may raise for; one of them need not be chosen."""

    organisation = forms.ModelChoiceField(
        label=_("For which organisation?"), queryset=Organisation.objects.none(), empty_label=None,
    )  # fmt: skip
    product = forms.ModelChoiceField(
        label=_("Which product is it about?"), queryset=Product.objects.none(), required=False,
        empty_label=_("I am not sure"),
    )  # fmt: skip
    subject = forms.CharField(
        label=_("In a few words: what is wrong, or what do you need?"), max_length=200,
        error_messages={"required": _("Please say in a few words what it is about.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("What happened?"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Write as you would tell a colleague. Please leave out names and details of patients."),
        error_messages={"required": _("Please tell us what happened; without that nobody can begin.")},
    )  # fmt: skip
    steps = forms.CharField(
        label=_("What were you doing when it happened?"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    since = forms.CharField(label=_("Since when?"), required=False, max_length=200)
    affected = forms.CharField(label=_("How many people are affected?"), required=False, max_length=200)
    urgency = forms.ChoiceField(
        label=_("How urgent is it for you?"), choices=URGENCY, widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how urgent it is.")},
    )  # fmt: skip
    impact = forms.ChoiceField(
        label=_("How far does it reach?"), choices=IMPACT, widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how far it reaches.")},
    )  # fmt: skip
    attached = FilesField(label=_("Files"))

    def __init__(
        self,
        *args: Any,
        organisations: Sequence[Organisation],
        products: Sequence[Product],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        of_rows(self, "organisation").queryset = Organisation.objects.filter(
            pk__in=[one.pk for one in organisations]
        ).order_by("name", "pk")
        of_rows(self, "product").queryset = Product.objects.filter(
            pk__in=[one.pk for one in products]
        ).order_by("name", "pk")
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = organisations[0].pk
        if not products:
            self.fields["product"].widget = forms.HiddenInput()

    def whole_text(self) -> str:
        """Return the first message of the request: what happened, and beneath it the circumstances that were told."""
        said = self.cleaned_data
        parts = [f"{title}:\n{said[name].strip()}" for name, title in PARTS if said[name].strip()]
        return "\n\n".join([said["text"].strip(), *parts])


class WordsForm(forms.Form):
    """Something that a client says on a request. Whether it may be empty is for the action to say."""

    text = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    attached = FilesField()


class ListForm(forms.Form):
    """What narrows the list of requests. What is not understood is left out and said."""

    text = forms.CharField(required=False, max_length=200)
    product = forms.ChoiceField(required=False)
    organisation = forms.ChoiceField(required=False)
    requester = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sort = forms.ChoiceField(required=False)

    SORTS = (
        ("changed", _("Newest change first")), ("due", _("Next promise first")),
        ("reported", _("Newest first")), ("oldest", _("Oldest first")),
    )  # fmt: skip

    def __init__(self, data: Any, choices: Choices, severities: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="narrow_%s")
        anything = ("", _("Any"))
        by_name = {
            "product": [(one.key, one.name) for one in choices.products],
            "organisation": [(one.key, one.name) for one in choices.organisations],
            "requester": [(str(one.pk), one.name or one.email) for one in choices.requesters],
            "severity": list(severities),
        }
        for name, found in by_name.items():
            of_words(self, name).choices = [anything, *found]
        of_words(self, "sort").choices = self.SORTS

    def wanted(self, **fixed: Any) -> listed.Wanted:
        """Return what is asked for, without what cannot be meant."""
        self.full_clean()
        said = self.cleaned_data
        return listed.Wanted(
            text=said.get("text", "").replace("\x00", ""),
            product=said.get("product", ""),
            organisation=said.get("organisation", ""),
            requester=int(said["requester"]) if said.get("requester") else None,
            severity=int(said["severity"]) if said.get("severity") else None,
            since=_day(said.get("since")),
            until=_day(said.get("until")),
            sort=said.get("sort") or "changed",
            **fixed,
        )


def _day(said: date | None) -> date | None:
    """Return a day that a calendar can reckon with; one at the edge of time narrows nothing."""
    return said if said is not None and 1970 <= said.year <= 2999 else None
