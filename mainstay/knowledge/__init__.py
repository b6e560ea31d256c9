"""What the desk knows: issues that are known, what to do about each, and which tickets are about one.

Promises: every change of an issue is a row with who and when; a ticket that is about one says so in its own log; an
issue is found by its words as tickets are. Doors call it; it writes to tickets through their log alone.
"""
