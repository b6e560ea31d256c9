"""The console: the screens of the people who work the desk.

Promises: every route says which role may enter it; a view parses, calls one action or query and renders; templates hold
plain values only. Nothing typed is lost by an error, and what cannot be undone asks first. No room below calls it.
"""
