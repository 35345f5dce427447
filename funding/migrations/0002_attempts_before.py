from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="verificationattempt",
            name="attempts_before",
            field=models.PositiveSmallIntegerField(default=3),
            preserve_default=False,
        ),
    ]
