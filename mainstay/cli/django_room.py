"""Setting Django up, and the database with it."""

from __future__ import annotations

from functools import cache


@cache
def ready() -> None:
    """Load the rooms. Cheap to call again."""
    import django

    django.setup()


def migrated(*, quiet: bool = True) -> None:
    """Bring the database to this version's shape and install what ships with it. Safe to repeat and to interrupt."""
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA.mkdir(parents=True, exist_ok=True)
    ready()
    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
    call_command("createcachetable", verbosity=0)

    from mainstay.contracts import actions as contracts
    from mainstay.lib.time import now
    from mainstay.mail import actions as mail
    from mainstay.orgs import actions as orgs

    contracts.install_shipped(at=now())
    orgs.add_team(key="support", name="Support")
    orgs.add_team(key="technical", name="Technical Team")
    orgs.add_team(key="cto", name="Chief Technical Officer")
    mail.adopt_configured_mailboxes(at=now())
