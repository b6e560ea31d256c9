"""Known issues that clients see, the release that fixes each, and news of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mainstay.lib import sql


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0004_words_of_articles'),
        ('outbox', '0001_letters_and_their_channel'),
        ('releases', '0001_releases_and_announcements'),
        ('tickets', '0017_submissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='knownissue',
            name='fixed_in',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='known_issues', to='releases.release'),
        ),
        migrations.AddField(
            model_name='knownissue',
            name='published_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='knownissue',
            name='versions',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.RunPython(
            sql.make_searchable_anew("knowledge_knownissue"), sql.make_searchable_anew("knowledge_knownissue")
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('standing', models.CharField(max_length=200)),
                ('tells', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='news', to='knowledge.knownissue')),
            ],
        ),
        migrations.CreateModel(
            name='Reader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('waiting', 'Not told yet'), ('told', 'Told'), ('silent', 'Nothing to tell'), ('unreached', 'Could not be written to'), ('failed', 'It failed')], default='waiting', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('told_at', models.DateTimeField(null=True)),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbox.letter')),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='knowledge.news')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('news', 'ticket'), name='reader_once_per_news')],
            },
        ),
    ]
