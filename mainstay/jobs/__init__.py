"""The durable queue and the recurring duties: leases, fencing, retries with back-off and jitter, quarantine.

Promises: a job written in a transaction runs after that commit, at least once, and its database effects
exactly once; a worker that died or slept past its lease can finish nothing. Knows no other room; `wiring`
registers the handlers.
"""
