"""Organisations, people, who is authorised for what, teams, and the access functions.

Promises: one person, one account; an e-mail address belongs to one person; what somebody may see or do is asked here
(`access`) and nowhere else. Every room above may call it.
"""
