"""Rows of this room by noun; `models` is where others take them from."""
