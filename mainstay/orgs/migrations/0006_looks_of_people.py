"""How pages look to somebody: theme and motion."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0005_screens_on_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='motion',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddField(
            model_name='person',
            name='theme',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
    ]
