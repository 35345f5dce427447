from django.apps import AppConfig


class StripeGatewayConfig(AppConfig):
    name = "stripe_gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Models exist only now.
        from desk import statuses
        from stripe_gateway.statuses import FAMILIES

        for family, mapping in FAMILIES.items():
            statuses.register(family, mapping)
