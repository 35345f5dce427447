import io
import logging

import pytest

from desk import logs


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("key sk_test_51HxQbLk2", "51HxQbLk2"),
        ("key rk_live_51HxQbLk2", "51HxQbLk2"),
        ("secret whsec_Zm9vYmFy", "Zm9vYmFy"),
        ("token btok_1NAbcDefGh", "1NAbcDefGh"),
        ("source src_1NAbcDefGh", "1NAbcDefGh"),
        ("person cpt_1NAbcDefGh", "1NAbcDefGh"),
        ("ephemeral ek_test_YWNjdF8x", "YWNjdF8x"),
        ("client seti_1_secret_AbCdEf123", "AbCdEf123"),
        ("https://connect.stripe.com/setup/c/acct_1/AbCdEf and so on", "AbCdEf"),
        ("http://127.0.0.1:12111/setup/e/acct_1/tok", "acct_1/tok"),
        ("https://connect.stripe.com/express/acct_1NAbcDef/LoGiN9 opened", "LoGiN9"),
        ("GET /accounts/connect/oauth/?code=ac_1NAbcDefGh", "1NAbcDefGh"),
        ("card 4242 4242 4242 4242 charged", "4242 4242"),
        ("card 4242424242424242", "42424242"),
        ("card 378282246310005.", "378282246310005"),
        ("{'routing_number': '110000000', 'account_number': '000123456789'}", "110000000"),
        ("{'routing_number': '110000000', 'account_number': '000123456789'}", "000123456789"),
        ("bank_account[account_number]=000123456789&x=1", "000123456789"),
        ("110000000 / 000123456789", "000123456789"),
        ("/accounts/invitations/inv_abcdefghijklmnopqrstuvwxyz012345/", "abcdefghij"),
        ("/embed/enter/ent_0123456789abcdef0123456789abcdef/", "0123456789"),
        ("{'client_secret': 'accs_secret__AbCdEf123456'}", "AbCdEf"),
        ("Not Found: /account/password/reset/key/1a-c0ffee-abc/", "c0ffee"),
    ],
)
def test_secrets_cards_and_bank_numbers_never_reach_a_line(line, gone):
    assert gone in line
    assert gone not in logs.redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "POST funding:top-up-create 302 user=17 account=3 ms=48",
        "acct_1TJpDeVDdC tu_1NAbcDefGh evt_1NAbcDefGh",
        "audit anchor platform=60:57f5dba9b7ce2014ac20db6776c01be203ead63b4417ebe55cc5a6d15f13d1b7",
        "at 2026-11-20T08:38:14.123Z took 1234567890 ns",
        "src_dir is a name in code",
    ],
)
def test_what_is_no_secret_stays_readable(line):
    assert logs.redact(line) == line


@pytest.fixture
def written():
    """A handler as the settings build it, and what it wrote."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.RedactSecrets())
    handler.setFormatter(logs.LineFormatter())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)
    logger.propagate = True


def test_arguments_and_tracebacks_are_masked_too(written):
    logger, stream = written
    try:
        raise ValueError("bad token btok_1NAbcDefGh")
    except ValueError:
        logger.exception("refused %s", "sk_test_51HxQbLk2")
    assert "1NAbcDefGh" not in stream.getvalue()
    assert "51HxQbLk2" not in stream.getvalue()
    assert "Traceback" in stream.getvalue()


def test_a_line_carries_the_request_it_belongs_to(written):
    logger, stream = written
    token = logs.request_id.set("abc12345")
    logger.warning("something")
    logs.request_id.reset(token)
    assert "WARNING tests.redaction [abc12345] something" in stream.getvalue()


@pytest.mark.django_db
def test_request_line_has_ids_and_no_names(staff, caplog):
    client = staff("viewer")
    with caplog.at_level("INFO", logger="desk.request"):
        response = client.get("/preferences/", headers={"X-Request-Id": "from-the-proxy-1"})
    assert response["X-Request-Id"] == "from-the-proxy-1"
    line = caplog.records[-1].getMessage()
    assert f"GET desk:preferences 200 user={client.user.pk}" in line
    assert client.user.email not in caplog.text


@pytest.mark.django_db
def test_a_forged_request_id_is_replaced(client):
    given = "x" * 500
    assert client.get("/healthz", headers={"X-Request-Id": given})["X-Request-Id"] != given
