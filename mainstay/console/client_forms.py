"""Forms of setting clients up: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from mainstay.contracts import periods
from mainstay.contracts.models import AgreementVersion, Contract, Coverage, Product
from mainstay.lib import telephone
from mainstay.mail import secure
from mainstay.mail.kinds import KINDS
from mainstay.orgs import domains
from mainstay.orgs.models import Organisation, Person
from mainstay.screens.choices import of_rows

NOT_BOUGHT, HOSTED, ELSEWHERE = "", "hosted", "elsewhere"
HOSTING = ((NOT_BOUGHT, "Not bought"), (HOSTED, "Hosted by us"), (ELSEWHERE, "Not hosted"))


class Form(forms.Form):
    """A form of these screens: no colon after labels, and faults hung on the field they belong to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day, such as 2026-04-01.", "required": "Say which day."},
    )


def phone_field(**named: Any) -> forms.CharField:
    """Return a field for a telephone number; rooms read it, in any way of writing it."""
    usual = {
        "label": "Telephone number", "required": False,
        "help_text": "The number they ring from. It says who may be calling and gives no right.",
    }  # fmt: skip
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    return forms.CharField(max_length=40, widget=widget, validators=[_is_number], **{**usual, **named})


def _is_number(text: str) -> None:
    try:
        telephone.e164(text)
    except telephone.BadNumber as error:
        raise ValidationError(str(error)) from error


class SecureMailForm(Form):
    """Whether letters carry words, and which do all the same."""

    links_only = forms.BooleanField(label="Letters carry links only", required=False)
    may_carry = forms.MultipleChoiceField(
        label="Except", required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, KINDS[key].title) for key in secure.carriers()],
        help_text="Choose a letter only where the client has said that it may carry its words.",
    )  # fmt: skip


class ProviderForm(Form):
    """Whether a client signs its own people in, and where."""

    own = forms.BooleanField(label="They sign their own people in (OpenID Connect)", required=False)
    issuer = forms.CharField(
        label="Issuer", max_length=300,
        help_text="As their provider names itself, to the letter: https://login.acme.example/realms/staff",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Say who issues the tokens."},
    )  # fmt: skip
    client_id = forms.CharField(
        label="Client id", max_length=300, error_messages={"required": "Say as whom we are registered."}
    )
    secret = forms.CharField(
        label="Client secret", max_length=500, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept sealed and never shown again. Empty: the one that was entered stays.",
    )  # fmt: skip
    only = forms.BooleanField(
        label="In no other way: no password, passkey or mail", required=False,
        help_text="It does not bind who also belongs to another client: no provider vouches for those.",
    )  # fmt: skip

    use_required_attribute = False  # what is needed hangs on the first tick

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and not self.data.get("own"):
            self.fields["issuer"].required = self.fields["client_id"].required = False


class ClientForm(Form):
    """A client: name, key, hints."""

    name = forms.CharField(label="Name", max_length=200)
    key = forms.CharField(
        label="Key",
        max_length=40,
        required=False,
        validators=[validate_slug],
        help_text="Short, for addresses and files: acme-health. Made from the name if you leave it empty; it stays.",
    )
    domains = forms.CharField(
        label="Mail domains",
        required=False,
        max_length=2000,
        help_text="Only suggests where an unknown sender may belong. Leave out a domain that many organisations share.",
    )
    notes = forms.CharField(
        label="Notes", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_domains(self) -> list[str]:
        """Read the list, in whatever way it was separated."""
        try:
            return domains.tidied(domains.split(self.cleaned_data["domains"]))
        except domains.BadDomain as error:
            raise ValidationError(str(error)) from error


def client_edit_form(organisation: Organisation, typed: Any) -> ClientForm:
    """Return the form of a client that is there: its key stays."""
    said = {
        "name": organisation.name,
        "domains": ", ".join(organisation.domains),
        "notes": organisation.notes,
    }
    form = ClientForm(typed, initial=said)
    del form.fields["key"]
    return form


class PeriodForm(Form):
    """Days of a contract in a zone; both belong to it."""

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Turn days into the moments that rows hold."""
        said = super().clean() or {}
        first: date | None = said.get("first_day")
        last: date | None = said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "It cannot end before it begins.")
        said["active_from"] = periods.begins(first, self.zone) if first else None
        said["active_to"] = periods.ends(last, self.zone) if last else None
        return said


class ContractForm(PeriodForm):
    """A signed contract with the products it covers."""

    document = forms.CharField(
        label="Signed document",
        max_length=200,
        help_text="How whoever asks later finds the paper: Order 2026-118.",
    )
    agreement = forms.ModelChoiceField(
        label="Agreement", queryset=AgreementVersion.objects.none(), empty_label=None
    )
    coverage = forms.ChoiceField(
        label="Coverage", choices=Coverage.choices, initial=Coverage.CORE, widget=forms.RadioSelect
    )
    first_day = _day("First day")
    last_day = _day("Last day", required=False, help_text="Belongs to it. Empty: open-ended.")
    replaces = forms.ModelChoiceField(
        label="Replaces",
        queryset=Contract.objects.none(),
        required=False,
        empty_label="Nothing, it stands beside the others",
        help_text="That one ends where this one begins.",
    )

    def __init__(self, *args: Any, current: list[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = AgreementVersion.objects.order_by("name", "-effective_from", "-pk")
        of_rows(self, "agreement").queryset = versions
        replaces: Any = self.fields["replaces"]
        replaces.queryset = Contract.objects.filter(pk__in=[one.pk for one in current]).order_by("pk")
        replaces.label_from_instance = lambda contract: contract.document
        if not current:
            del self.fields["replaces"]
        self.products = list(Product.objects.order_by("name", "pk"))
        for product in self.products:
            self.fields[f"product_{product.pk}"] = forms.ChoiceField(
                label=product.name,
                choices=HOSTING,
                required=False,
                widget=forms.RadioSelect,
                initial=NOT_BOUGHT,
            )

    @property
    def about(self) -> list[Any]:
        """Return the fields before the products."""
        return [self[name] for name in self.fields if not name.startswith("product_")]

    @property
    def bought(self) -> list[Any]:
        """Return the fields of the products."""
        return [self[f"product_{product.pk}"] for product in self.products]

    def covered(self) -> list[tuple[Product, bool]]:
        """Return the products that the contract covers, and whether each is hosted."""
        said = self.cleaned_data
        return [
            (product, said[f"product_{product.pk}"] == HOSTED)
            for product in self.products
            if said[f"product_{product.pk}"] != NOT_BOUGHT
        ]


class OverrideForm(PeriodForm):
    """What was agreed otherwise in writing."""

    text = forms.CharField(
        label="Terms that differ",
        max_length=50_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code"}),
        help_text="In the shape of the agreement file, only what differs.",
        error_messages={"required": "Write at least one term."},
    )
    document = forms.CharField(label="Document that agrees it", max_length=200)
    first_day = _day("First day")
    last_day = _day("Last day", required=False, help_text="Belongs to it. Empty: as long as the contract.")


class OutOfHoursForm(PeriodForm):
    """A contract's own out-of-hours number."""

    number = phone_field(
        required=True,
        help_text="Told to this client's authorised users when they write outside service hours, and to nobody else.",
    )
    words = forms.CharField(
        label="What it is for",
        required=False,
        max_length=300,
        help_text="One sentence for the client: For severity 1 only; have your reference at hand.",
    )
    first_day = _day("First day")
    last_day = _day("Last day", required=False, help_text="Belongs to it. Empty: as long as the contract.")


class EndForm(Form):
    """The last day of a contract or an override."""

    last_day = _day("Last day", help_text="Belongs to it: from the next midnight on it no longer applies.")

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    def active_to(self) -> datetime:
        """Return the moment at which it is over."""
        return periods.ends(self.cleaned_data["last_day"], self.zone)


class RightsForm(Form):
    """What an authorised user is called and may do."""

    name = forms.CharField(label="Name", max_length=200)
    role = forms.CharField(
        label="Role there", max_length=120, help_text="In their words: 'Practice manager'."
    )
    phone = phone_field()
    may_raise = forms.BooleanField(label="May raise requests", required=False, initial=True)
    sees_all = forms.BooleanField(label="Sees all requests of the organisation", required=False)
    administrates = forms.BooleanField(label="Administrates the organisation's users", required=False)


class UserForm(RightsForm):
    """Somebody who is to be authorised."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="Mail from it is theirs. It belongs to one person only.",
    )
    field_order = ["email", "name", "role", "phone"]


class InviteForm(UserForm):
    """Somebody who is to get an account. Their telephone number is theirs to give."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]


class AddressForm(Form):
    """A further address."""

    email = forms.EmailField(label="Further e-mail address", max_length=254)


class EmptyForm(Form):
    """Nothing to fill in: only the question whether it shall be done."""


class ProductForm(Form):
    """A product or service."""

    name = forms.CharField(label="Name", max_length=120)
    key = forms.CharField(label="Key", max_length=40, validators=[validate_slug])

    def clean_key(self) -> str:
        """Refuse a key that is another product's."""
        key: str = self.cleaned_data["key"]
        if Product.objects.filter(key=key).exists():
            raise ValidationError("The key is another product's.")
        return key


class NameForm(Form):
    """Another name."""

    name = forms.CharField(label="Name", max_length=120)


class TeamForm(Form):
    """A team; its key is what agreements call it."""

    name = forms.CharField(label="Name", max_length=120)
    key = forms.CharField(
        label="Key",
        max_length=40,
        validators=[validate_slug],
        help_text="The level on the ladder: technical.",
    )


class ColleagueForm(Form):
    """Somebody of the desk for a team."""

    person = forms.ModelChoiceField(
        label="Colleague", queryset=Person.objects.none(), empty_label="Choose a colleague"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Person.objects.exclude(staff_role="").filter(is_active=True)
        of_rows(self, "person").queryset = staff.order_by("name", "pk")


class OutsiderForm(Form):
    """Somebody outside the vendor for a team."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
