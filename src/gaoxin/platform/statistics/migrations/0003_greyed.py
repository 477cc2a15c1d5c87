"""Items of the forms of a collection that are not asked."""

from django.db import migrations, models

from gaoxin.platform.language import words


class Migration(migrations.Migration):
    """Adds the list, empty for the collections there are."""

    dependencies = [("statistics", "0002_counted")]
    operations = [
        migrations.AddField(
            model_name="collection",
            name="greyed",
            field=models.JSONField(blank=True, default=list, verbose_name=words("不填的指标", "items not asked")),
        )
    ]
