"""Letters that are about no ticket: notices to staff, news for clients. Composed and posted in one transaction.

To tell many people, send one to each: nobody learns who else got it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from mainstay.contracts import queries as contracts
from mainstay.lib.language import in_ours as _
from mainstay.lib.language import ours
from mainstay.mail import compose, desk, known, letters, paper, secure, wording
from mainstay.mail.letterhead import Sheet
from mainstay.mail.parsed import Address
from mainstay.orgs.models import Organisation
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter


@ours
def send(
    key: str,
    values: Mapping[str, str],
    *,
    to: Address,
    about: str,
    at: datetime,
    organisation: Organisation | None = None,
    link: str = "",
    online: str = paper.ONLINE,
    title: str = "",
    sender: str = "",
) -> Letter:
    """Post one letter to one person. `values` fill its text, `vendor` comes by itself; `link` is where to read on.

    A client who takes links only gets the news of its kind with that link. `organisation` is whose news it is, where it
    is one client's. `title` heads the page in place of the subject; `sender` stands in From in place of our name.
    Wherever it is about `link`, `online` stands before it. Must be called in the transaction that caused it.
    """
    vendor = vendor_now(at)
    used = paper.of(known.brand(), vendor)
    said = wording.fill(known.text_of(key), {"vendor": vendor, **values})
    rule = secure.binding(
        known.rules(), key, organisation_id=organisation.pk if organisation else None, addresses=[to.address], at=at
    )
    if rule is not None:
        news = {"news": _(wording.KINDS[key].news), "vendor": vendor}
        said, to, title = wording.fill(known.text_of("link_only_news"), news), Address("", to.address), ""
        link = link or f"{settings.BASE_URL}/portal/"
    sheet = Sheet(title or letters.one_line(said.subject), said.body)
    if link:
        sheet = replace(sheet, answer=_(online), link=link)
    text, html, pictures = used.written(sheet)
    message_id = desk.signer().make_message_id(f"n{secrets.token_hex(12)}")
    body = compose.build(
        sender=desk.sender(letters.one_line(sender or used.head.name)[:100]),
        to=[to],
        subject=letters.one_line(said.subject)[:200],
        text=text,
        html=html,
        message_id=message_id,
        at=at,
        automatic="auto-generated",
        loop=desk.signer().make_loop_mark(message_id),
        pictures=pictures,
    )
    return outbox.post(
        kind=key,
        about=about,
        sender=settings.SUPPORT_ADDRESS,
        recipients=[to.address],
        message_id=message_id,
        body=body,
        at=at,
    )


def vendor_now(at: datetime) -> str:
    """Return our name where no ticket says which agreement names us: the brand's, or else the usual agreement's.

    Before an agreement is installed, the product's.
    """
    try:
        return known.brand().name or letters.vendor_in(contracts.default_agreement(at).pk)
    except contracts.NoAgreement:
        return "Mainstay"
