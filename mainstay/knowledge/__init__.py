"""What the desk knows: issues that are known and which tickets are about one; articles of the Support Hub.

Promises: every change is a row with who and when; each publication of an article is kept whole; one function says who
may read which, and it stands before every page, search, count, suggestion and download. Issues and articles are found
by their words as tickets are. Doors call it; it writes to tickets through their log alone.
"""
