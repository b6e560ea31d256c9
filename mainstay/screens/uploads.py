"""Files that people send from a page: how many, how large, and how the thread keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mainstay.mail import filenames
from mainstay.tickets.content import NewFile

MOST_FILES, LARGEST_FILES = 10, 20_000_000  # files of one message, and their octets together


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files, at most `most` and together at most `largest` octets; each is checked too."""

    def __init__(self, *, most: int = MOST_FILES, largest: int = LARGEST_FILES, **options: Any) -> None:
        super().__init__(widget=_Files(attrs={"multiple": True}), required=False, **options)
        self.most, self.largest = most, largest

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(FilesField, self).clean(one, initial) for one in (data or [])]
        if len(files) > self.most:
            raise ValidationError(_("At most %(most)d files go with one message.") % {"most": self.most})
        if sum(file.size for file in files) > self.largest:
            told = _("The files are larger than %(size)d MB together. Please send fewer or smaller ones.")
            raise ValidationError(told % {"size": self.largest // 1_000_000})
        return files


def attachments(uploaded: Sequence[Any]) -> tuple[NewFile, ...]:
    """Return uploaded files as the thread keeps them, their names made safe."""
    return tuple(
        NewFile(
            filenames.safe_name(file.name or ""), file.content_type or "application/octet-stream", file.read()
        )
        for file in uploaded
    )
