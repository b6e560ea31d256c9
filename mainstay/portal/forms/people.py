"""Forms about people: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mainstay.lib import telephone
from mainstay.lib.language import spoken
from mainstay.orgs.models import Organisation, Person
from mainstay.screens.choices import of_rows


class Form(forms.Form):
    """A form of these pages: no colon after labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class RightsForm(Form):
    """What somebody may do."""

    role = forms.CharField(
        label=_("Role at your organisation"), max_length=120, help_text=_("In your words: 'Practice manager'.")
    )
    may_raise = forms.BooleanField(label=_("May ask for support"), required=False, initial=True)
    sees_all = forms.BooleanField(label=_("Sees all requests of your organisation"), required=False)
    administrates = forms.BooleanField(
        label=_("Is an administrator: invites people, and says what they may do"), required=False
    )


class InviteForm(RightsForm):
    """Somebody who is to get an account."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("Their own, not one that several people read.")
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    field_order = ["organisation", "email", "name", "role"]

    def __init__(self, *args: Any, kept: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = list(kept)
        homes = Organisation.objects.filter(pk__in=[one.pk for one in self.kept]).order_by("name", "pk")
        of_rows(self, "organisation").queryset = homes
        if len(self.kept) == 1:
            del self.fields["organisation"]

    def home(self) -> Organisation:
        """Return the organisation that they are invited to."""
        found: Organisation = self.cleaned_data.get("organisation") or self.kept[0]
        return found


class AcceptForm(Form):
    """How somebody who accepts an invitation is called and signs in."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Leave it empty to sign in with a code that we mail you each time."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Hold a password against the rules, and against who it is for."""
        said = super().clean() or {}
        if said.get("password"):
            try:
                validate_password(said["password"], Person(email=self.email, name=said.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return said


class AboutForm(Form):
    """What a person says of themselves."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("The number that you ring from, so that we know who is calling."),
    )

    def clean_phone(self) -> str:
        """Refuse what is no number, in the words of whoever reads numbers."""
        try:
            telephone.e164(self.cleaned_data["phone"])
        except telephone.BadNumber as error:
            raise ValidationError(spoken(error)) from error
        return str(self.cleaned_data["phone"])


class VouchForm(Form):
    """As what somebody who wrote is authorised."""

    role = forms.CharField(
        label=_("Role at your organisation"), max_length=120, help_text=_("In your words: 'Receptionist'.")
    )
