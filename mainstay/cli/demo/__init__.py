"""The demo world: invented clients whose mails go through the real doors, at moments in the past and as you watch.

Nothing below knows of it: mails are kept and taken in, letters are posted and accepted, steps are noticed, all by the
rooms themselves. The world only says who writes what, who does what, and when.
"""
