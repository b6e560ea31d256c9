"""Releases of the products: when the next one comes, what is in it, and who was told.

Promises: every date that was ever planned is a row with who, when and why; a request whose promise is the next release
has a place that says which one that is; whoever waits for a release hears of it once when it moves and once when it
ships; announcements of changes reach each person concerned once. Doors call it; `wiring` has it hear tickets.
"""
