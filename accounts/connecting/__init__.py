"""A business connects the Stripe account it has, by Stripe's OAuth, and disconnects it."""
