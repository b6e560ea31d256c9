"""Forms of articles: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.contracts.models import Product
from mainstay.knowledge.articles import Content, mark_of
from mainstay.knowledge.markdown import LONGEST
from mainstay.knowledge.models import Article
from mainstay.knowledge.rows.articles import LONGEST_ADDRESS, Audience, Kind
from mainstay.orgs.models import Organisation
from mainstay.screens.uploads import FilesField


class ArticleForm(forms.Form):
    """What an article says, and to whom."""

    title = forms.CharField(label="Title", max_length=200, error_messages={"required": "Give the article a title."})
    summary = forms.CharField(
        label="Summary", max_length=300, required=False, help_text="A sentence, in lists and for search engines."
    )
    text = forms.CharField(
        label="Text",
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
        help_text="Markdown: ## heading, **strong**, - list, 1. steps, ![what it shows](picture.png), [link](address).",
    )
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices, widget=forms.RadioSelect)
    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.order_by("name", "pk"), required=False, empty_label="Any product"
    )
    product_version = forms.CharField(
        label="Version", max_length=80, required=False, help_text="Such as: 4.2 and later."
    )
    audience = forms.ChoiceField(label="Who may read it", choices=Audience.choices, widget=forms.RadioSelect)
    organisations = forms.ModelMultipleChoiceField(
        label="Which clients",
        queryset=Organisation.objects.order_by("name", "pk"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text="Only where it is for some clients.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("audience") != Audience.CLIENTS:
            said["organisations"] = []  # chosen before another audience was
        return said

    def content(self) -> Content:
        """Return what a valid form says."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        said["text"] = said["text"].replace("\r\n", "\n")
        return Content(**said | {"organisations": list(said["organisations"])})


class NoteForm(forms.Form):
    """A sentence that goes with something that is done."""

    note = forms.CharField(max_length=1000, required=False)


class AddressForm(forms.Form):
    """Another address."""

    address = forms.CharField(label="Address", max_length=LONGEST_ADDRESS)


class AttachForm(forms.Form):
    """Pictures and files for an article."""

    attached = FilesField(label="Pictures and files")


def initial_of(article: Article) -> dict[str, Any]:
    """Return what the form of an article begins with."""
    names = ("title", "summary", "text", "kind", "product", "product_version", "audience")
    chosen = {"organisations": list(article.organisations.all()), "seen": mark_of(article)}
    return {name: getattr(article, name) for name in names} | chosen


def beginning(content: Content) -> dict[str, Any]:
    """Return what the form of an article that is not yet there begins with."""
    names = ("title", "summary", "text", "kind", "product", "product_version", "audience")
    return {name: getattr(content, name) for name in names}
