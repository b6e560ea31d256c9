"""The clients' side in a browser: requests, promises, people, the Support Hub. A door.

Promises: a page shows only what the scoping functions of the rooms below give to whoever asks; all it says can be
translated; everything works without a script. Nobody calls it.
"""
