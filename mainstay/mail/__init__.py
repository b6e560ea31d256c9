"""Mail in and out: every mail the mailbox gave us becomes a ticket, a reply or a held row, and is never lost.

The files that read, clean, classify and write mail are pure: bytes in, plain values out, no database and no
clock.
"""
