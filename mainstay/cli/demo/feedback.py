"""What clients said in the demo world: answers to surveys, a product that people write from, and remarks."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings

from mainstay.cli.demo import cast
from mainstay.contracts.models import Product
from mainstay.feedback import products, sources, surveys
from mainstay.feedback.models import Survey
from mainstay.feedback.products import REMARK, Said
from mainstay.feedback.tokens import Claims
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter

# Reception, response, updates, resolution, manner; and what was written. In turn, to two of three who were asked.
ANSWERS = (
    ((5, 5, 4, 5, 5), "Quick and friendly, as always."),
    ((4, 4, 4, 4, 5), ""),
    ((5, 4, 3, 5, 5), "Solved well. I would have liked a word in between."),
    ((3, 2, 2, 4, 4), "It took two calls until somebody knew what it was about."),
    ((5, 5, 5, 5, 5), "Thank you, Ida."),
    ((4, 5, 4, 3, 5), ""),
    ((4, 4, 5, 5, 5), "Clear instructions, it worked at once."),
)
REMARKS = (
    ("grace.adeyemi", "The new list of boards is much quicker. Could it remember how I sort it?", "/boards"),
    ("helen.cho", "Larger buttons on the tablets, please: our porters wear gloves.", "/wards/7"),
)
_LINK = re.compile(r"/survey/([\w-]+)/")


def speak(*, at: datetime) -> None:
    """Let clients answer what they were asked by `at`, and write from inside a product."""
    asked = Survey.objects.filter(answered_at=None, withdrawn_at=None, sent_at__lt=at - timedelta(hours=20))
    for place, survey in enumerate(asked.select_related("ticket").order_by("sent_at", "pk")):
        token = _token_of(survey)
        if token and place % 3 != 2:
            ratings, comment = ANSWERS[place % len(ANSWERS)]
            keys = [part.key for part in surveys.parts_in_use()]
            surveys.answer(
                token=token, ratings=dict(zip(keys, ratings, strict=False)), comment=comment, complain=False,
                at=survey.sent_at + timedelta(hours=18),
            )  # fmt: skip
    _write_from_inside(at)


def _token_of(survey: Survey) -> str:
    """Return the token in the letter that asked: the demonstration reads its own outgoing mail."""
    for letter in Letter.objects.filter(about=f"ticket:{survey.ticket_id}", created_at=survey.sent_at):
        body = letter.body.decode("ascii", "replace").replace("=\r\n", "")
        for found in _LINK.findall(body):
            if surveys.digest_of(found) == survey.digest:
                return str(found)
    return ""


def _write_from_inside(at: datetime) -> None:
    product = Product.objects.get(key="lantern")
    administrator = Person.objects.filter(staff_role="administrator").earliest("pk")
    source, _ = sources.open_source(
        product=product, origins=[settings.BASE_URL], by=administrator, at=at - timedelta(days=30)
    )
    for number, (who, text, page) in enumerate(REMARKS):
        client, contact = cast.find(who)
        claims = Claims(f"demo-{number:08}", client.address_of(contact), contact.name, "")
        products.take(
            source=source, claims=claims, said=Said(REMARK, text, page=page), at=at - timedelta(hours=9 + 20 * number)
        )
