"""Forms of what is set up for the whole desk: its people, its wording, its mailboxes, its screens on a wall."""

from __future__ import annotations

from django import forms

from mainstay.console.forms import written
from mainstay.mail.models import After, Security
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
