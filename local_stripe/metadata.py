"""Metadata, which every v1 object changes in the same way."""


def merge_metadata(kept: dict[str, str], given: dict[str, str] | None) -> dict[str, str]:
    """`kept` after a request that gave `given`: keys are added or replaced, an empty value unsets its key.

    An empty `given` (`metadata=` on the wire) unsets them all; None changes nothing.
    """
    if given is None:
        return kept
    if not given:
        return {}
    return {key: value for key, value in {**kept, **given}.items() if value != ""}
