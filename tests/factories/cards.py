"""Card programs, as the portal keeps them."""

import factory

from cards.models import Program
from tests.factories.accounts import LONG_AGO, ConnectedAccountFactory


class ProgramFactory(factory.django.DjangoModelFactory):
    """A program that its account has at Stripe."""

    class Meta:
        model = Program

    account = factory.SubFactory(ConnectedAccountFactory)
    stripe_id = factory.Sequence(lambda n: f"iprg_1Test{n:08d}")
    platform_program = "iprg_platform"
    capability = "commercial.celtic.spend_card"
    synced_at = LONG_AGO
