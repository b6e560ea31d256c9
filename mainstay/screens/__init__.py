"""What every door draws alike: look and tokens, moments and promises in words, who is signed in, what went wrong.

Promises: no row of its own and no route of its own; a door adds the addresses and the pages. Doors call it, nothing
below it does.
"""
