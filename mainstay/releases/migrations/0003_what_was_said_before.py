"""What letters said that left before it was kept: read off the round, where the letter can have said nothing else."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def read_off(apps, editor):
    """Fill in the release and its days of letters that told of another day, and of the first one."""
    Hearing = apps.get_model("releases", "Hearing")
    rounds = apps.get_model("releases", "Round").objects.filter(pk=OuterRef("round"))
    told = Hearing.objects.using(editor.connection.alias).filter(outcome="told")
    told.filter(letter__kind="release_moved", round__change="moved").update(
        was=Subquery(rounds.values("release")[:1]), was_on=Subquery(rounds.values("before")[:1]),
        now=Subquery(rounds.values("release")[:1]), now_on=Subquery(rounds.values("after")[:1]),
    )  # fmt: skip
    told.filter(letter__kind="release_planned", round__change="planned").update(
        now=Subquery(rounds.values("release")[:1]), now_on=Subquery(rounds.values("after")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_what_a_hearing_says"), ("outbox", "0001_letters_and_their_channel")]
    operations = [migrations.RunPython(read_off, migrations.RunPython.noop)]
