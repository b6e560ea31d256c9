"""Shorter leases and rests for processes that are killed on purpose: a test has no five minutes to wait for one to end.

Only lengths are changed, never an order of steps. What the real lengths promise is tested where they are defined.
"""

HASTE = """
from datetime import timedelta as _span
from mainstay.jobs import actions as _jobs, duties as _duties, handlers as _handlers
from mainstay.mail import imap as _imap, intake as _intake
from mainstay.outbox import actions as _outbox, channel as _channel, delivery as _delivery, settle as _settle
_imap.LEASE, _imap.IDLE_SECONDS, _imap.SUPERVISE_SECONDS = _span(seconds=5), 2.0, 0.3
_imap.FIRST_REST = _span(seconds=0.5)
_intake.LEASE, _intake.LEASE_LEFT = _span(seconds=5), 2.0
_delivery.LEASE = _outbox.LEASE = _span(seconds=8)
_delivery.HAND_OVER = _span(seconds=6)
_channel.FIRST_PAUSE = _span(seconds=0.3)
_settle.FIRST_WAIT = _span(seconds=1)
_jobs.LEASE = _handlers.LEASE = _span(seconds=5)
from dataclasses import replace as _replace
from mainstay import wiring as _wiring
_duties._duties.update({name: _replace(duty, lease=_span(seconds=8)) for name, duty in _duties._duties.items()})
"""
