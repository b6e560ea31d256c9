"""Mainstay: the support desk that keeps its promises.

Rooms by business noun over a pure `core/`; four doors on top; `wiring` joins them.
`docs/floorplan.md` has one line per room.
"""
