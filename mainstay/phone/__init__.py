"""The telephone: every call with who rang, who answered, from when to when, and what came of it.

Promises: a call is a row from the moment it is answered and is never removed; what is done in it is evidence on its
ticket; a call that was missed, and a call-back that was promised, wait in a list until a person is done with them.
Knowing a number or a reference gives a caller no right. The console and `wiring` may call it.
"""
