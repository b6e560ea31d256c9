"""Views: what people keep of the list of tickets: questions with a name, chosen columns, and acts on many at once.

Promises that a personal view is seen by its owner only, that a shared one is changed by its maker or a manager, and
that each ticket of a batch is changed once, in a transaction of its own. The console calls it; the room writes to no
ticket itself.
"""
