"""Escalation: which step of the ladder was taken, who was told, and the evidence of it.

Promises: the ladder of the agreement is climbed by the clock or by hand, in order; the client is told of every
internal escalation (pack, clause 3.5), the coordinator of every breach, and staff of what needs them.
"""
