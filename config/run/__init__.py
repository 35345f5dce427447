"""`make run`: everything on this machine, beside local Stripe, as one process group that lives and dies together."""
