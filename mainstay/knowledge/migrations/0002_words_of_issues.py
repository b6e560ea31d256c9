"""The database's own full-text index over known issues."""

from django.db import migrations

from mainstay.lib import sql


class Migration(migrations.Migration):
    # The text search configuration was made for the passages of tickets.
    dependencies = [("knowledge", "0001_known_issues"), ("tickets", "0007_words_of_passages")]
    operations = [
        migrations.RunPython(
            sql.make_searchable("knowledge_knownissue"), sql.make_unsearchable("knowledge_knownissue")
        )
    ]
