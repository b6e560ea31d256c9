from django.db import migrations, models


def fill_in(apps, schema_editor):
    values = apps.get_model("tickets", "FieldValue").objects.filter(field__kind="number", number=None)
    for row in values.iterator():
        row.number = float(row.value)
        row.save(update_fields=["number"])


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0014_closed_tickets_in_the_order_of_their_last_change'),
    ]

    operations = [
        migrations.AddField(
            model_name='fieldvalue',
            name='number',
            field=models.FloatField(null=True),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('number__isnull', False)), fields=['field', 'number'], name='value_by_number'),
        ),
    ]
