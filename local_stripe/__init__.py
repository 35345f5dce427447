"""A stateful Stripe on loopback, so that everything runs without keys. Never imports the portal."""
