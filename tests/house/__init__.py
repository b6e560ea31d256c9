"""Tests of the house itself: its layers, its documents, its migrations and its manners."""
