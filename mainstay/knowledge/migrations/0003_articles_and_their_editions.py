"""Articles, their editions, pictures and history, and what readers tell of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0002_out_of_hours_numbers'),
        ('knowledge', '0002_words_of_issues'),
        ('orgs', '0008_single_keys'),
        ('tickets', '0016_held_by_state'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('summary', models.CharField(blank=True, default='', max_length=300)),
                ('text', models.TextField(blank=True, default='')),
                ('kind', models.CharField(choices=[('guide', 'Guide'), ('technical', 'Technical document')], default='guide', max_length=20)),
                ('product_version', models.CharField(blank=True, default='', max_length=80)),
                ('audience', models.CharField(choices=[('public', 'Everybody'), ('signed_in', 'Clients who are signed in'), ('clients', 'Some clients only')], default='signed_in', max_length=20)),
                ('head', models.TextField()),
                ('people', models.TextField(blank=True, default='')),
                ('body', models.TextField()),
                ('address', models.CharField(max_length=100, unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=20)),
                ('begun_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('checked_at', models.DateTimeField(null=True)),
                ('organisations', models.ManyToManyField(blank=True, related_name='+', to='orgs.organisation')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.product')),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='tickets.ticket')),
                ('writer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('summary', models.CharField(blank=True, default='', max_length=300)),
                ('text', models.TextField(blank=True, default='')),
                ('kind', models.CharField(choices=[('guide', 'Guide'), ('technical', 'Technical document')], default='guide', max_length=20)),
                ('product_version', models.CharField(blank=True, default='', max_length=80)),
                ('audience', models.CharField(choices=[('public', 'Everybody'), ('signed_in', 'Clients who are signed in'), ('clients', 'Some clients only')], default='signed_in', max_length=20)),
                ('head', models.TextField()),
                ('people', models.TextField(blank=True, default='')),
                ('body', models.TextField()),
                ('number', models.PositiveIntegerField()),
                ('files', models.JSONField(default=dict)),
                ('plain', models.TextField()),
                ('alone', models.BooleanField(default=False)),
                ('published_at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editions', to='knowledge.article')),
                ('organisations', models.ManyToManyField(blank=True, related_name='+', to='orgs.organisation')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.product')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('writer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ArticleStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('began', 'began it'), ('review_asked', 'asked for a review'), ('sent_back', 'sent it back'), ('published', 'published it'), ('withdrawn', 'withdrew it'), ('restored', 'restored it'), ('checked', 'found it still right'), ('moved', 'changed its address')], max_length=20)),
                ('note', models.CharField(blank=True, default='', max_length=1000)),
                ('at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='knowledge.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('edition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='knowledge.edition')),
            ],
        ),
        migrations.AddField(
            model_name='article',
            name='shown',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shown_for', to='knowledge.edition'),
        ),
        migrations.CreateModel(
            name='EditionWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40)),
                ('begins', models.CharField(max_length=2)),
                ('ends', models.CharField(max_length=2)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='knowledge.edition')),
            ],
        ),
        migrations.CreateModel(
            name='FormerAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=100, unique=True)),
                ('since', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_addresses', to='knowledge.article')),
            ],
        ),
        migrations.CreateModel(
            name='Vain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=100, unique=True)),
                ('times', models.PositiveIntegerField(default=1)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('voter', models.CharField(max_length=64)),
                ('helped', models.BooleanField()),
                ('reason', models.CharField(blank=True, choices=[('wrong', 'It is wrong or out of date'), ('unclear', 'I did not understand it'), ('incomplete', 'Something is missing'), ('other_question', 'It is about something else')], default='', max_length=20)),
                ('comment', models.CharField(blank=True, default='', max_length=1000)),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='knowledge.edition')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ArticleFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField()),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='knowledge.article')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('article', 'name'), name='article_file_named_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('article', 'number'), name='edition_once_per_article'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-changed_at', '-id'], name='article_by_changed'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('shown__isnull', False)), fields=['checked_at'], name='article_by_checked'),
        ),
        migrations.AddIndex(
            model_name='editionword',
            index=models.Index(fields=['begins', 'word'], name='edition_word_by_beginning'),
        ),
        migrations.AddIndex(
            model_name='editionword',
            index=models.Index(fields=['ends', 'word'], name='edition_word_by_end'),
        ),
        migrations.AddConstraint(
            model_name='editionword',
            constraint=models.UniqueConstraint(fields=('edition', 'word'), name='edition_word_once'),
        ),
        migrations.AddIndex(
            model_name='vote',
            index=models.Index(condition=models.Q(('helped', False), ('settled_at', None)), fields=['-at', '-id'], name='vote_unsettled'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('edition', 'voter'), name='vote_once_per_edition'),
        ),
    ]
