"""Writing on a ticket: drafts, macros, mentions, who else is at it, and whether a reply crossed another.

Promises: what somebody of the desk, or of a client, has typed is found again on another machine; nobody else reads it
before it is sent; a reply that crossed another is seen before it goes. Rows of this room come and go: nothing in the
event log hangs on them.
"""
