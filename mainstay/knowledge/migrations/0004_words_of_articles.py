"""The database's own full-text index over articles being written and over editions that were published."""

from django.db import migrations

from mainstay.lib import sql


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_articles_and_their_editions")]
    operations = [
        migrations.RunPython(sql.make_searchable("knowledge_article"), sql.make_unsearchable("knowledge_article")),
        migrations.RunPython(sql.make_searchable("knowledge_edition"), sql.make_unsearchable("knowledge_edition")),
    ]
