"""Two hundred ordinary mails: plain ones, alternatives, a fifth with a file; accents in names and words."""

from __future__ import annotations

import random
from email.message import EmailMessage
from email.utils import format_datetime

from mainstay.lib.time import from_text

TEXT = """the printer on ward seven will not print discharge letters since the update this morning and staff must
walk to the next ward please could you look into it naïve café résumé login screen shows error code again after we
restart the service it works for a while and then stops the users are waiting clinic begins at nine"""
WORDS = TEXT.split()
NAMES = ("Anaïs Müller", "Siân Roberts", "Zoë O'Neill", "José Carvalho", "Grace Adeyemi")


def mails(count: int, *, seed: int = 7, to: str) -> list[bytes]:
    """Return `count` different mails as bytes, the same for the same seed."""
    random_ = random.Random(seed)
    return [_mail(number, random_, to) for number in range(count)]


def _mail(number: int, random_: random.Random, to: str) -> bytes:
    mail = EmailMessage()
    sender = number % 50
    mail["From"] = f"{NAMES[sender % len(NAMES)]} <person{sender}@client{sender % 10}.example>"
    mail["To"] = to
    mail["Subject"] = f"Cannot print, {' '.join(random_.sample(WORDS, 5))}"
    mail["Message-ID"] = f"<{number}.{random_.getrandbits(64):x}@client.example>"
    mail["Date"] = format_datetime(from_text("2026-03-02T09:00:00Z"))
    text = "\n".join(" ".join(random_.choices(WORDS, k=12)) for _ in range(12))
    mail.set_content(text)
    if number % 5 in (1, 2):
        mail.add_alternative(f"<p>{text.replace(chr(10), '<br>')}</p>", subtype="html")
    elif number % 5 == 3:
        data = random_.randbytes(random_.randint(2000, 8000))
        mail.add_attachment(data, maintype="application", subtype="pdf", filename=f"protocol {number}.pdf")
    return mail.as_bytes()
