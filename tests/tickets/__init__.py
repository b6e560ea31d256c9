"""Organisations, people and authority, on both databases."""
