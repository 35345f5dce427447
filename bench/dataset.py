"""Made-up businesses and their top-ups, written by the database itself: a million rows in about a minute."""

from bench import postgres

# Found by a word (one in ten), or by word and number (a handful).
_WORDS = "ARRAY['Rides','Bakery','Studio','Freight','Dental','Garden','Books','Cycles','Coffee','Timber']"
_NAME = (
    "'Company ' || chr(65 + n % 26) || chr(97 + n / 26 % 26) || ' ' || "
    f"({_WORDS})[1 + n / 10 % 10] || ' ' || lpad(n::text, 7, '0')"
)
# One in twenty is a holding: those never top up, which is what the adversarial search is about.
HOLDINGS, COMMON, RARE = "holding", "Bakery", "Bakery 0000917"

_ACCOUNTS = """
INSERT INTO accounts_connectedaccount (public_id, stripe_id, name, contact_email, country, entity_type, currency,
    program, language, status, urgency, next_deadline_at, can_issue, synced_at, created_at)
SELECT 'biz_' || md5(n::text), 'acct_1' || md5('a' || n), {name} || CASE WHEN n % 20 = 0 THEN ' Holding' ELSE '' END,
    'owner' || n || '@business.test', CASE WHEN n % 5 = 0 THEN 'GB' ELSE 'US' END, 'company',
    CASE WHEN n % 5 = 0 THEN 'gbp' ELSE 'usd' END, 'commercial.celtic.spend_card', '',
    (ARRAY['active','active','active','active','active','active','onboarding','in_review','info_due','past_due'])
        [1 + n % 10],
    (ARRAY[70,70,70,70,70,70,45,50,30,20])[1 + n % 10],
    CASE WHEN n % 10 >= 8 THEN timestamptz '2026-11-20' + (n % 4000) * interval '30 minutes' END,
    n % 10 < 6, now(), now()
FROM generate_series(1, {accounts}) n
"""
_MANDATES = """
INSERT INTO funding_mandate (account_id, channel, holder_name, holder_type, text, text_version, language, accepted_at,
    user_agent, evidence_note, evidence_contact, on_behalf_reason, recorded_by_id, created_at)
SELECT id, 'online', name, 'company', 'I authorize', '1', 'en', now(), '', '', '', '', {user}, now()
FROM accounts_connectedaccount
"""
_OPERATIONS = """
INSERT INTO stripe_gateway_stripeoperation (id, kind, stripe_account, method, path, api_version, params, params_hash,
    key, state, fence, attempts, server_errors, request_id, error_type, error_code, error_param, error_message,
    history, created_at)
SELECT md5('{seed}' || n)::uuid, '{kind}', '', 'POST', '/v1/topups', '2026-10-28.endive', '{{}}', md5(n::text),
    '{seed}' || n, 'accepted', '', 1, 0, '', '', '', '', '', '[]', now() - n * interval '1 second'
FROM generate_series(1, {count}) n
"""
_SOURCES = """
INSERT INTO funding_source (public_id, account_id, mandate_id, operation_id, stripe_id, currency, bank_name, last4,
    status, created_at)
SELECT md5('s' || account_id)::uuid, account_id, id, md5('source' || row_number() OVER (ORDER BY id))::uuid, '', 'usd',
    'TEST BANK', '6789', 'chargeable', now()
FROM funding_mandate
"""
_TOP_UPS = """
INSERT INTO funding_topup (public_id, account_id, source_id, operation_id, stripe_id, amount, currency, description,
    statement_descriptor, status, expected_on, failure_code, failure_message, created_by_id, on_behalf_reason,
    created_at, settled_at)
SELECT md5('t' || n)::uuid, s.account_id, s.id, md5('topup' || n)::uuid, 'tu_1' || md5('u' || n), 500000 + n % 90000,
    'usd', '', 'TOP-UP',
    (ARRAY['succeeded','succeeded','succeeded','succeeded','succeeded','succeeded','succeeded','succeeded','pending',
        CASE WHEN n % 100 = 9 THEN 'failed' ELSE 'succeeded' END])[1 + n % 10],
    date '2026-11-24', '', '', {user}, '', timestamptz '2026-11-20' - n * interval '11 seconds', now()
FROM generate_series(1, {top_ups}) n
JOIN (SELECT id, account_id, row_number() OVER (ORDER BY id) AS place FROM funding_source
      WHERE account_id IN (SELECT id FROM accounts_connectedaccount WHERE name NOT LIKE '%Holding')) s
  ON s.place = 1 + n % {funded}
"""
_BALANCES = """
INSERT INTO funding_balance (account_id, currency, issuing_available, payments_available, payments_pending, read_at)
SELECT id, currency, 250000 + id % 100000, 0, 0, now() FROM accounts_connectedaccount
"""


def fill(address: str, *, accounts: int, top_ups: int, user: int) -> None:
    """Write the rows into a migrated, empty portal. `user` is the pk of whoever recorded them."""
    funded = accounts - accounts // 20
    postgres.execute(
        address,
        "SET session_replication_role = replica",
        _ACCOUNTS.format(name=_NAME, accounts=accounts),
        _BALANCES,
    )
    if top_ups:
        postgres.execute(
            address,
            "SET session_replication_role = replica",
            _MANDATES.format(user=user),
            _OPERATIONS.format(seed="source", kind="source.create", count=accounts),
            _SOURCES,
            _OPERATIONS.format(seed="topup", kind="top_up.create", count=top_ups),
            _TOP_UPS.format(top_ups=top_ups, user=user, funded=funded),
        )
    postgres.execute(address, "VACUUM ANALYZE")
