"""Known issues, their changes, and the tickets that are about them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contracts', '0002_out_of_hours_numbers'),
        ('tickets', '0007_words_of_passages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('symptoms', models.TextField()),
                ('status', models.CharField(choices=[('investigating', 'Investigating'), ('workaround', 'Workaround'), ('planned', 'Fix planned'), ('fixed', 'Fixed in a release')], default='investigating', max_length=20)),
                ('release', models.CharField(blank=True, default='', max_length=80)),
                ('workaround', models.TextField(blank=True, default='')),
                ('solution', models.TextField(blank=True, default='')),
                ('added_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('head', models.TextField()),
                ('people', models.TextField(blank=True, default='')),
                ('body', models.TextField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('products', models.ManyToManyField(blank=True, related_name='known_issues', to='contracts.product')),
            ],
        ),
        migrations.CreateModel(
            name='IssueLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='issue_links', to='tickets.ticket')),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='knowledge.knownissue')),
            ],
        ),
        migrations.CreateModel(
            name='IssueChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='knowledge.knownissue')),
            ],
        ),
        migrations.AddIndex(
            model_name='knownissue',
            index=models.Index(fields=['-changed_at', '-id'], name='known_issue_by_changed'),
        ),
        migrations.AddConstraint(
            model_name='issuelink',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('issue', 'ticket'), name='issue_linked_once_at_a_time'),
        ),
    ]
