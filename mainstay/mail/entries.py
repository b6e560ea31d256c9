"""What of a mail goes into a thread, and what staff should know before they rely on it."""

from __future__ import annotations

from collections.abc import Sequence

from mainstay.mail import sanitise
from mainstay.mail.parsed import ParsedMail
from mainstay.mail.senders import Sender
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.delivery import SIGN_UP_CODE
from mainstay.tickets.models import Direction


def entry_of(
    mail: ParsedMail,
    sender: Sender,
    *,
    sign_up_code: str = "",
    automatic: bool = False,
    purpose: str = "",
    in_reply_to: str = "",
    notes: Sequence[str] = (),
) -> NewMessage:
    """Return `mail` as an entry by `sender`; its warnings stand after `notes`."""
    return NewMessage(
        direction=Direction.IN,
        channel="mail",
        text=mail.body_text,
        html=_clean(mail),
        subject=mail.subject,
        author=sender.person if sender.may_be_believed else None,
        author_name=sender.name,
        author_address=sender.address or mail.sender_text,
        recipients=tuple(one.address for one in (*mail.to, *mail.cc)),
        message_id=mail.message_id,
        in_reply_to=in_reply_to or next(iter(mail.in_reply_to), ""),
        purpose=purpose or (SIGN_UP_CODE if sign_up_code else ""),
        automatic=automatic,
        notes=(*notes, *_warnings(mail, sender, sign_up_code)),
        files=tuple(
            NewFile(file.name, file.content_type, file.data, file.content_id, file.inline)
            for file in mail.files
        ),
    )


def _clean(mail: ParsedMail) -> str:
    """Return the HTML made safe; pictures that came along keep their Content-ID for whoever shows it."""
    if not mail.body_html:
        return ""
    inline = {file.content_id: f"cid:{file.content_id}" for file in mail.files if file.content_id}
    return sanitise.clean(mail.body_html, cid_urls=inline).html


def _warnings(mail: ParsedMail, sender: Sender, sign_up_code: str) -> list[str]:
    found = [note.words[:1].upper() + note.words[1:] + "." for note in mail.notes]
    if sign_up_code:
        found.append(f"Sign-up code: {sign_up_code}. Do not pass it on, and do not click what it offers.")
    if sender.forged:
        found.append(f"Forged sender: {sender.forged}.")
    elif sender.address and not sender.proven and not sender.unchecked:
        found.append("The sender is not proven: our mail server did not confirm it.")
    elsewhere = [one.address for one in mail.reply_to if one.key != sender.address.casefold()]
    if elsewhere:
        found.append(f"Answers are asked for at {', '.join(elsewhere[:3])}; ours go to the sender.")
    return found
