"""Tickets and their append-only event log; the only writer of either.

Promises: what happened is an event, numbered per ticket and chained by digest; personal content stays outside the chain
and can be erased without breaking it; listeners hear each event in the transaction that wrote it.
"""
