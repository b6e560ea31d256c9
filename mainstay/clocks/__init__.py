"""The stored clocks: a projection of the event log with an indexed next due moment, and the record of what was noticed.

Promises: `clocks rebuild` reproduces the projection byte for byte; each due step is fired once, in order, with the
moment it was due and the moment it was noticed. `core.clock` computes; this room remembers.
"""
