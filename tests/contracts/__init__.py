"""Contracts, overrides and the terms that tickets run on, on both databases."""
