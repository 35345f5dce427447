"""The portal's own forms for what Stripe asks of a business: nothing typed into them is kept here."""
