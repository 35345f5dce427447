"""The audit table refuses changes, and the database cache has its table."""

from django.core.management import call_command
from django.db import migrations

from desk import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection)


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", "desk_cache", database=schema_editor.connection.alias, verbosity=0)


def drop_cache_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS desk_cache")


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]

    operations = [
        migrations.RunPython(install, remove),
        migrations.RunPython(create_cache_table, drop_cache_table),
    ]
