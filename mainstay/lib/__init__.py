"""Helpers with no domain words: time, environment, SQL dialects, the SQLite engine, files by digest, safe HTML.

Promises to know no room. Anyone may call it; it calls nobody above.
"""
