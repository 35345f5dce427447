import pytest

from local_stripe import bank_numbers


@pytest.mark.parametrize("number", ["110000000", "021000021", "011401533", "091000019"])
def test_a_routing_number_with_its_check_digit_is_accepted(number):
    assert bank_numbers.is_routing_number(number)


@pytest.mark.parametrize(
    "number", ["110000001", "021000012", "11000000", "1100000000", "11000000a", "", "000000000", "١١٠٠٠٠٠٠٠"]
)
def test_a_mistyped_routing_number_is_refused(number):
    assert not bank_numbers.is_routing_number(number)


def test_changing_any_one_digit_breaks_the_check():
    number = "021000021"
    for place in range(9):
        for digit in set("0123456789") - {number[place]}:
            assert not bank_numbers.is_routing_number(number[:place] + digit + number[place + 1 :])


def test_the_full_account_number_is_not_kept():
    kept = bank_numbers.read("110000000", "000123456789")
    assert "000123456789" not in repr(kept)
    assert kept.last4 == "6789"
    assert len(kept.fingerprint) == 16


def test_the_same_account_has_the_same_fingerprint_and_another_has_not():
    first, second = bank_numbers.read("110000000", "000123456789"), bank_numbers.read("110000000", "000123456789")
    other_bank = bank_numbers.read("021000021", "000123456789")
    assert first.fingerprint == second.fingerprint != other_bank.fingerprint


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("000123456789", bank_numbers.GOOD),
        ("000000000009", bank_numbers.GOOD),
        ("000111111116", "no_account"),
        ("000111111113", "account_closed"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_documented_numbers_lead_to_their_outcome(number, outcome):
    assert bank_numbers.read("110000000", number).outcome == outcome


def test_ready_made_tokens_lead_to_the_same_outcome_as_their_numbers():
    assert bank_numbers.of_ready_made_token("btok_us_verified_noAccount").outcome == "no_account"
    assert bank_numbers.of_ready_made_token("btok_us_verified").outcome == bank_numbers.GOOD
    assert bank_numbers.of_ready_made_token("btok_1abc") is None
    assert bank_numbers.is_verified_token("btok_us_verified")
    assert not bank_numbers.is_verified_token("btok_us")
