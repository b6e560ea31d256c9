"""What is going on right now in the demo world: one story for each thing that a desk should be seen to handle.

Moments are measured back from the present. Severity 1 of a 24x7 client runs around the clock, so at whatever hour of
whatever day the demo is started, something is about to break its promise; what runs on core hours is measured in them.
"""

from __future__ import annotations

from mainstay.cli.demo import doorstep, ending, running
from mainstay.cli.demo.desk import Desk
from mainstay.cli.demo.playback import Story

STORIES = (
    running.next_release,
    ending.reopened,
    ending.resolved_for_testing,
    running.force_majeure,
    ending.worked_around,
    ending.rejected_fix,
    running.severity_raised,
    running.waiting_for_client,
    doorstep.bounced,
    ending.merged,
    ending.complaint,
    ending.complaint_settled,
    running.breached,
    running.about_to_breach,
    doorstep.held_without_right,
    doorstep.held_colleague,
    doorstep.held_stranger,
    doorstep.held_forged,
    doorstep.sign_up_code,
    doorstep.quarantined,
    running.missing_details,
    running.just_in,
    running.ordinary,
)


def all_of(desk: Desk) -> list[Story]:
    """Return every story, unplayed."""
    return [story(desk) for story in STORIES]
