"""Kinds of writes to Stripe → dotted path of their `OperationKind`. Harnesses walk this table."""

KINDS = {
    "account.create": "accounts.onboarding.CREATE_ACCOUNT",
    "account.update": "accounts.details.business_changes.UPDATE_ACCOUNT",
    "terms.accept": "accounts.details.terms_changes.ACCEPT_TERMS",
    "external_account.create": "accounts.details.bank_changes.ADD_BANK_ACCOUNT",
    "person.create": "accounts.details.people_changes.CREATE_PERSON",
    "person.update": "accounts.details.people_changes.UPDATE_PERSON",
    "person.delete": "accounts.details.people_changes.DELETE_PERSON",
    "account.create_express": "accounts.onboarding.CREATE_EXPRESS",
    "account.rename": "accounts.life.RENAME",
    "account.reject": "accounts.life.REJECT",
    "account.close": "accounts.life.CLOSE",
    "document.attach": "accounts.details.documents.ATTACH_DOCUMENT",
    "source.create": "funding.sources.CREATE_SOURCE",
    "source.verify": "funding.verifications.VERIFY_SOURCE",
    "top_up.create": "funding.top_ups.CREATE_TOP_UP",
    "top_up.cancel": "funding.top_ups.CANCEL_TOP_UP",
    "capability.request": "accounts.capability_requests.REQUEST_CAPABILITY",
    "program.create": "cards.programs.CREATE_PROGRAM",
    "program.update": "cards.programs.UPDATE_PROGRAM",
}
