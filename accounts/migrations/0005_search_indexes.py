"""Indexes that keep a search for a business as fast among a million accounts as among ten thousand."""

from django.db import migrations

# The expressions are those that Django writes for icontains and iexact.
CREATE = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX account_name_trigrams ON accounts_connectedaccount USING gin (UPPER(name::text) gin_trgm_ops)",
    "CREATE INDEX account_email_upper ON accounts_connectedaccount (UPPER(contact_email::text))",
]
DROP = ["DROP INDEX IF EXISTS account_name_trigrams", "DROP INDEX IF EXISTS account_email_upper"]


def create(apps, schema_editor):
    """SQLite reads the table for a search, which is fine at the sizes it is for."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in CREATE:
            schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in DROP:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_find_deadlines")]

    operations = [migrations.RunPython(create, drop)]
