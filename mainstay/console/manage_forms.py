"""Forms of what is set up for the whole desk: its people, its wording, its mailboxes, its screens on a wall."""

from __future__ import annotations

from django import forms

from mainstay.console.forms import written
from mainstay.mail.models import After, Security
from mainstay.orgs.brand import LARGEST_LOGO, Look
from mainstay.orgs.models import StaffRole


class InviteForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=StaffRole.choices)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=StaffRole.choices)


class TextForm(forms.Form):
    """Our own wording of a message. Which names it may use is checked by the mail room."""

    subject = forms.CharField(label="Subject", max_length=200)
    text = written("Text", rows=16)
    ticket = forms.CharField(
        label="Shown with the request", max_length=60, required=False,
        help_text="Its reference, such as MST-100042-7. Empty: shown with samples.",
    )  # fmt: skip


class BrandForm(forms.Form):
    """How the vendor looks. Colours, addresses and the logo are judged by `orgs.brand`."""

    name = forms.CharField(
        label="Name", max_length=80, required=False, help_text="Empty: as the agreement names you."
    )
    accent = forms.CharField(
        label="Colour of lines and links", max_length=20, help_text="Six hexadecimal digits, such as #0b6485."
    )
    accent_dark = forms.CharField(
        label="The same on dark pages", max_length=20, required=False, help_text="Empty: a shade is chosen to suit."
    )
    logo = forms.FileField(
        label="Logo", required=False, help_text="A PNG or JPEG of at most 40 kB. It travels inside each letter.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )  # fmt: skip
    without_logo = forms.BooleanField(label="Without a logo", required=False)
    postal = written("Postal address", required=False, rows=3)
    telephone = forms.CharField(label="Telephone", max_length=40, required=False)
    web = forms.CharField(label="Web address", max_length=200, required=False)
    footer = written(
        "Below every letter", required=False, rows=3, help_text="What the law wants there, such as a company number."
    )

    def look(self) -> Look:
        """Return what was filled in."""
        said = dict(self.cleaned_data)
        logo = said.pop("logo")
        return Look(**said, logo=logo.read(LARGEST_LOGO + 1) if logo else b"")


class MailboxForm(forms.Form):
    """A mailbox to be read. The password is only ever written, never shown."""

    name = forms.CharField(label="Name", max_length=200, help_text="What we call it here: 'Support'.")
    address = forms.EmailField(label="Address", max_length=254)
    security = forms.ChoiceField(label="Protection", choices=Security.choices, initial=Security.TLS)
    host = forms.CharField(label="Server", max_length=253)
    port = forms.IntegerField(label="Port", min_value=1, max_value=65535, initial=993)
    username = forms.CharField(label="User name", max_length=254)
    password = forms.CharField(
        label="Password",
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    folder = forms.CharField(label="Folder", max_length=200, initial="INBOX")
    after = forms.ChoiceField(label="Once a mail is safe here", choices=After.choices, initial=After.KEEP)
    move_to = forms.CharField(label="Move to", max_length=200, required=False)


class ScreenForm(forms.Form):
    """A screen on a wall."""

    name = forms.CharField(label="Where it hangs", max_length=80)
