from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def remember_what_was_active(apps, schema_editor):
    """What is active now, and the cards of businesses that once had them, was switched on before."""
    capability, account = (apps.get_model("accounts", name) for name in ("Capability", "ConnectedAccount"))
    capability.objects.filter(status="active").update(activated_at=F("since"))
    activated = account.objects.filter(pk=OuterRef("account_id")).values("activated_at")[:1]
    cards = capability.objects.filter(activated_at=None, configuration="card_creator")
    cards.update(activated_at=Subquery(activated))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_every_way_to_onboard'),
    ]

    operations = [
        migrations.AddField(
            model_name='capability',
            name='activated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='informationrequest',
            name='form_id',
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.RunPython(remember_what_was_active, migrations.RunPython.noop),
    ]
