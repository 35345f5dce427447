"""Top-ups under review: what was typed waits in the session, so that reloading or going back shows it again."""

SESSION_KEY = "top_up_drafts"
# Windows that one person has open at a time; the oldest gives way.
MOST = 5
FIELDS = ("amount", "source", "description", "statement_descriptor", "reason")


def keep(request, account, form) -> str:
    """Keep what this valid form holds, as it was typed; returns the id under which it is found again."""
    draft_id = str(form.cleaned_data["operation"])
    typed = {name: form.data[name] for name in FIELDS if name in form.data}
    draft = {"operation": draft_id, "account": account.pk, "typed": typed}
    others = [each for each in request.session.get(SESSION_KEY, []) if each["operation"] != draft_id]
    request.session[SESSION_KEY] = [*others, draft][-MOST:]
    return draft_id


def find(request, account, draft_id: str) -> dict[str, str] | None:
    """The form's data as it was kept for this account, or None when it is not at hand (any more)."""
    for draft in request.session.get(SESSION_KEY, []):
        if (draft["operation"], draft["account"]) == (draft_id, account.pk):
            return {"operation": draft_id, **draft["typed"]}
    return None
