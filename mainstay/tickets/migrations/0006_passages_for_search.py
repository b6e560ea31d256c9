"""One row for each ticket and message, in folded words. Tickets that are there already are taken in by a duty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0005_links_and_splits'),
    ]

    operations = [
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('about', 'The ticket'), ('in', "Client's message"), ('out', 'Our reply'), ('note', 'Internal note')], max_length=5)),
                ('at', models.DateTimeField()),
                ('head', models.TextField()),
                ('people', models.TextField()),
                ('body', models.TextField()),
                ('message', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='passage', to='tickets.message')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='tickets.ticket')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('message', None)), fields=('ticket',), name='one_own_passage_per_ticket')],
            },
        ),
    ]
