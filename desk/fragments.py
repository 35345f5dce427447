"""How parts of a page are asked for and swapped in, with htmx."""

# The status by which htmx stops asking again: what was polled for has come.
STOP_POLLING = 286


def wants_fragment(request) -> bool:
    """Whether a swap asks for a part of the page; going back in history asks for the whole of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request
