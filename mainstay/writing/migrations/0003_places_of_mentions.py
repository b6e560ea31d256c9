from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('writing', '0002_mentions_and_macros'),
    ]

    operations = [
        migrations.AddField(
            model_name='mention',
            name='places',
            field=models.JSONField(default=list),
        ),
    ]
