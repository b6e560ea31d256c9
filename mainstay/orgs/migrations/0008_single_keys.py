"""Whether keys of one character do something for a person; the database's own default serves the release before."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0007_what_people_fold'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='single_keys',
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
