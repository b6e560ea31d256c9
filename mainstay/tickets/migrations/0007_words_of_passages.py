"""The database's own full-text index over the passages."""

from django.db import migrations

from mainstay.lib import sql


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_passages_for_search")]
    operations = [
        migrations.RunPython(sql.make_searchable("tickets_passage"), sql.make_unsearchable("tickets_passage"))
    ]
