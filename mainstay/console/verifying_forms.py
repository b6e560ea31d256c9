"""Forms about a request that is held until somebody knows whose it is."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.console.forms import ActForm, written
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Organisation, StaffRole
from mainstay.screens.choices import of_rows


class AuthoriseForm(ActForm):
    organisation = forms.ModelChoiceField(
        label="Organisation", queryset=Organisation.objects.none(), empty_label="Choose one", required=False
    )
    new_client = forms.CharField(
        label="Or a new client, by its name",
        max_length=200,
        required=False,
        help_text="It is added with this. Sign its contract afterwards, under Clients.",
    )
    person_name = forms.CharField(label="Name", max_length=200)
    role = forms.CharField(
        label="Role there", max_length=120, help_text="In their words: 'Practice manager'."
    )

    def prepare(self) -> None:
        clients = Organisation.objects.order_by("name", "pk")
        of_rows(self, "organisation").queryset = clients
        self.initial = {
            "person_name": self.ticket.requester_name,
            "role": self.ticket.requester_role,
            **self.initial,
        }
        domain = self.ticket.requester_address.partition("@")[2]
        for organisation in Organisation.objects.order_by("pk"):
            if domain and domain in organisation.domains:
                self.initial.setdefault("organisation", organisation.pk)
        if not at_least(self.person, StaffRole.MANAGER):
            del self.fields["new_client"]
            self.fields["organisation"].help_text = "Is it not there? A manager adds it under Clients."

    def clean(self) -> dict[str, Any]:
        """Take one of the two: a client that is there, or the name of a new one."""
        said = super().clean() or {}
        if not said.get("organisation") and not said.get("new_client"):
            self.add_error("organisation", "Choose the organisation.")
        elif said.get("organisation") and said.get("new_client"):
            self.add_error("new_client", "Choose an organisation or name a new client, not both.")
        return said


class AttachForm(ActForm):
    organisation = forms.ModelChoiceField(
        label="Organisation", queryset=Organisation.objects.none(), empty_label="Choose one"
    )

    def prepare(self) -> None:
        everybody = Organisation.objects.order_by("name", "pk")
        of_rows(self, "organisation").queryset = everybody


class RingBackForm(ActForm):
    text = written(
        "Whom did you ring, and what did they say?",
        rows=3,
        help_text="On a number that we knew before, never one from the mail.",
    )
