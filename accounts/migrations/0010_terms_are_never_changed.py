from django.db import migrations

from desk import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, append_only.TERMS)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, append_only.TERMS)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_asking_and_first_activation")]
    operations = [migrations.RunPython(install, remove)]
