from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from accounts.statuses import families
        from desk.statuses import register

        for family, badges in families().items():
            register(family, badges)
