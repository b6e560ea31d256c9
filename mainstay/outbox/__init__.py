"""Everything that leaves: a row first, then the transport.

Promises: a letter leaves at least once, with the same Message-ID on a repeat, and ends visibly as accepted or
failed. Knows no other room; listeners for accepted and failed letters are registered by `wiring`.
"""
