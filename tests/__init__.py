"""Tests, told as promises. `core/` is pure; `scenarios/` has one file per clause; `browser/` drives a real Chromium."""
