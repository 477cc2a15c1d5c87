from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from gaoxin.platform.zones.maps import thinned


def draw(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Thin the boundaries that were uploaded before."""
    zones = apps.get_model("zones", "Zone").objects.filter(boundary__isnull=False)
    for zone in zones.only("boundary").iterator(chunk_size=10):
        zone.drawn = thinned(zone.boundary)
        zone.save(update_fields=["drawn"])


class Migration(migrations.Migration):
    dependencies = [
        ("zones", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="zone",
            name="drawn",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(draw, migrations.RunPython.noop),
    ]
