"""Agreements by version, signed contracts, products, holiday tables; answers the terms for a client at a moment.

Promises: what was once promised is never rewritten. A version of an agreement, a holiday table and a set of terms are
rows that only grow; a ticket points at the terms that were in force when it was reported.
"""
