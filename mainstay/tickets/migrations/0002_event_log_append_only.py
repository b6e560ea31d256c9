"""The event log is append-only, and the database itself refuses anything else."""

from django.db import migrations

from mainstay.lib import sql


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_tickets_and_their_log")]
    operations = [migrations.RunPython(sql.make_append_only("tickets_event"), sql.make_changeable("tickets_event"))]
