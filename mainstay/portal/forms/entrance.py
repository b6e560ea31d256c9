"""The form that leads somebody to their organisation's own sign-in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.portal.forms.people import Form


class ProviderForm(Form):
    """Whose mail domain says where to."""

    email = forms.EmailField(
        label=_("E-mail address at work"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    next = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
