"""Telephone numbers: read in any way of writing them, kept as E.164, shown as people write them."""

from __future__ import annotations

import phonenumbers
from django.conf import settings

from mainstay.core.saying import Refusal


class BadNumber(Refusal, ValueError):
    """The text is no telephone number; the message says how to write one."""


def e164(text: str) -> str:
    """Return a number as E.164, such as `+441632960123`; empty for empty. Raises BadNumber.

    Without a country it is one of `MAINSTAY_TELEPHONE_REGION`. An extension is left out: nobody rings from one alone.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text[:60], settings.TELEPHONE_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise BadNumber(
            "%(text)s is no telephone number. Write it as it is dialled, such as 01632 960123, or "
            "with its country: +44 1632 960123.",
            text=text.strip()[:40],
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def found_in(text: str) -> str:
    """Return the number that `text` is, as E.164, or nothing where it is none."""
    try:
        return e164(text)
    except BadNumber:
        return ""


def digits(text: str) -> str:
    """Return the digits alone, without the zero or zeros that stand for a country: for a number typed in part."""
    return "".join(filter(str.isdecimal, text)).lstrip("0")


def shown(number: str) -> str:
    """Return an E.164 number as people write it, `+44 1632 960123`; anything else as it is."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number
