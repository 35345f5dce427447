"""How fast the product is beside its peers. `make bench` runs everything; `python -m bench webhooks` runs one part."""
