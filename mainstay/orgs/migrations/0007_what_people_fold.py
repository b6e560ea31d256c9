"""Which headings of the rail somebody keeps folded."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("orgs", "0006_looks_of_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="folded",
            field=models.JSONField(default=None, null=True),
        ),
    ]
