"""Every path of the portal. Each room keeps its own; this file only hangs them up."""

from django.urls import include, path

urlpatterns = [
    path("", include("desk.urls")),
    path("account/", include("desk.sign_in_urls")),
    path("accounts/", include("accounts.urls")),
    path("embed/", include("accounts.embedding.urls")),
    path("funding/", include("funding.urls")),
    path("cards/", include("cards.urls")),
    path("stripe/", include("stripe_gateway.urls")),
    path("webhooks/stripe/", include("stripe_gateway.webhook_urls")),
]
