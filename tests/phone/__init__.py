"""Tests of the telephone room."""
