"""When and for what somebody wants to be told on their desktop."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('escalation', '0001_notices'),
        ('orgs', '0004_people_by_phone'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attention',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='attention', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('kinds', models.JSONField(default=list)),
                ('in_hours_only', models.BooleanField(default=True)),
                ('on_call', models.BooleanField(default=False)),
                ('days', models.JSONField(default=list)),
                ('opens', models.TimeField(null=True)),
                ('closes', models.TimeField(null=True)),
                ('zone', models.CharField(blank=True, default='', max_length=60)),
            ],
        ),
    ]
