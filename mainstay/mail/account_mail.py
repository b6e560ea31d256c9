"""Mail about an account (a sign-in code, a new password): the library for accounts words it, our paper carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.core.mail import EmailMessage, EmailMultiAlternatives

from mainstay.contracts.queries import NoAgreement
from mainstay.mail import circulars, known, letterhead, letters, paper
from mainstay.mail.letterhead import Sheet


def dressed(mail: EmailMessage, *, at: datetime) -> EmailMultiAlternatives:
    """Return the same mail in both forms. Its logo is left out: nothing but words goes with a code."""
    brand = known.brand()
    try:
        vendor = circulars.vendor_now(at)
    except NoAgreement:
        vendor = "Mainstay"
    head = replace(paper.of(brand, vendor).head, logo="")
    sheet = Sheet(letters.one_line(str(mail.subject)), str(mail.body).strip())
    both = EmailMultiAlternatives(
        mail.subject, letterhead.plain(sheet, head), mail.from_email, mail.to, headers=mail.extra_headers
    )
    html = letterhead.rich(sheet, head)
    if html:
        both.attach_alternative(html, "text/html")
    return both
