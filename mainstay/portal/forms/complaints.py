"""What somebody complains of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.orgs.models import Organisation
from mainstay.portal.forms.products import LARGEST_FILES, MOST_FILES
from mainstay.screens.choices import of_rows, tell_rows
from mainstay.screens.uploads import FilesField
from mainstay.tickets.models import Ticket

LONGEST = 20_000


class ComplaintForm(forms.Form):
    """What it is about, and what went wrong."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("For which organisation?"), queryset=Organisation.objects.none(), empty_label=None
    )
    about = forms.ModelChoiceField(
        label=gettext_lazy("Is it about a request?"), queryset=Ticket.objects.none(), required=False
    )
    text = forms.CharField(
        label=gettext_lazy("What went wrong, and what would put it right?"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=LONGEST,
        error_messages={"required": gettext_lazy("Write what went wrong, so that a manager can answer it.")},
    )
    attachments = FilesField(label=gettext_lazy("Files"), most=MOST_FILES, largest=LARGEST_FILES)

    def __init__(
        self, *args: Any, organisations: Iterable[Organisation], requests: Iterable[Ticket], **kwargs: Any
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        known = [one.pk for one in organisations]
        of_rows(self, "organisation").queryset = Organisation.objects.filter(pk__in=known).order_by("name")
        if len(known) == 1:
            del self.fields["organisation"]
        about = of_rows(self, "about")
        about.queryset = Ticket.objects.filter(pk__in=[one.pk for one in requests]).order_by("-pk")
        about.empty_label = _("No, about something else")
        tell_rows(self, "about", lambda one: f"{one.reference}: {one.subject}"[:100])
