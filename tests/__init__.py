"""Mainstay is checked promise by promise; `core` tests are pure, the rest have a database and a clock."""
