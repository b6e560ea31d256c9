"""Setting Django up, and the database with it."""

from __future__ import annotations

from functools import cache

from mainstay.cli.output import Refused


@cache
def ready() -> None:
    """Load the rooms. Cheap to call again."""
    import django

    django.setup()


def prepared() -> None:
    """Load the rooms, and see that the database can be reached and has this version's shape. Raises Refused."""
    ready()
    _reach_the_database()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not executor.loader.applied_migrations:
        how = "Make one with `mainstay migrate`, or just run `mainstay serve`"
        raise Refused(f"there is no desk in {_place()} yet. {how}.")
    if missing:
        behind = f"{len(missing)} steps behind"
        raise Refused(f"the desk in {_place()} is of an older version ({behind}). Run `mainstay migrate` first.")


def _reach_the_database() -> None:
    from django.db import InterfaceError, OperationalError, connection

    try:
        connection.ensure_connection()
    except (OperationalError, InterfaceError) as error:
        why = str(error).strip().splitlines()[0]
        what = "Check MAINSTAY_DATABASE_URL and MAINSTAY_DATA"
        raise Refused(f"the database cannot be reached: {why}. {what}.") from None


def _place() -> str:
    """Say where the desk's data is, without the password of its database."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        return str(settings.DATA)
    return f"the database {connection.settings_dict['NAME']}"


def migrated(*, quiet: bool = True) -> None:
    """Bring the database to this version's shape and install what ships with it. Safe to repeat and to interrupt."""
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA.mkdir(parents=True, exist_ok=True)
    ready()
    _reach_the_database()
    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
    call_command("createcachetable", verbosity=0)

    from mainstay.contracts import actions as contracts
    from mainstay.lib.time import now
    from mainstay.mail import actions as mail
    from mainstay.orgs import teams

    contracts.install_shipped(at=now())
    teams.add(key="support", name="Support")
    teams.add(key="technical", name="Technical Team")
    teams.add(key="cto", name="Chief Technical Officer")
    mail.adopt_configured_mailboxes(at=now())
