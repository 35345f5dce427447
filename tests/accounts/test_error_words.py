"""Whatever Stripe finds wrong, a business reads an instruction of its own for it, never a code."""

import inspect
import re
import sys
import typing

import pytest
import stripe
from stripe import _account, _bank_account, _capability, _person
from stripe.v2.core import _account as _account_v2

from accounts import words
from accounts.error_words import INSTRUCTIONS, instruction_for, known_instruction

MODULES = (_account, _account_v2, _bank_account, _capability, _person)
# Codes of dialects of v1 and v2 that the installed package does not speak: older and newer previews.
OF_OTHER_DIALECTS = {
    "external_request",
    "information_missing",
    "invalid_signator",
    "invalid_url_length",
    "partner_disabled",
    "unresolvable_ip_address",
    "unresolvable_postal_code",
    "unsupported_business_type",
    "verification_data_not_found",
    "verification_failed_authorizer_authority",
    "verification_failed_representative_authority",
    "verification_legal_entity_structure_mismatch",
    "verification_rejected_ownership_exemption_reason",
    "verification_selfie_document_missing_photo",
    "verification_selfie_face_mismatch",
    "verification_selfie_manipulated",
    "verification_selfie_unverified_other",
    "verification_token_stale",
}


def literals(annotation) -> set[str]:
    """The values that a type names, however deep they are nested in it."""
    if typing.get_origin(annotation) is typing.Literal:
        return set(typing.get_args(annotation))
    return {value for part in typing.get_args(annotation) for value in literals(part)}


def classes(module) -> list[type]:
    """Every class of a module of the package, with those nested in it."""
    found, waiting = (
        [],
        [cls for cls in vars(module).values() if inspect.isclass(cls) and cls.__module__ == module.__name__],
    )
    while waiting:
        cls = waiting.pop()
        found.append(cls)
        waiting += [inner for inner in vars(cls).values() if inspect.isclass(inner)]
    return found


def fields(cls) -> dict:
    names = vars(typing) | vars(stripe) | vars(sys.modules[cls.__module__])
    try:
        return typing.get_type_hints(cls, names, dict(vars(cls)))
    except NameError:
        return {}


def codes_of_errors() -> set[str]:
    """Every value of a field `code` of a requirement's error in the package."""
    errors = (cls for module in MODULES for cls in classes(module) if cls.__name__ == "Error")
    return {value for cls in errors for value in literals(fields(cls).get("code"))}


def reasons_to_disable() -> set[str]:
    """Every `disabled_reason` of v1, of accounts and of capabilities."""
    both = [cls for module in (_account, _capability) for cls in classes(module)]
    return {value for cls in both for value in literals(fields(cls).get("disabled_reason"))}


def codes_of_details() -> set[str]:
    """Every `details_code` that the package tells of, in its descriptions: the type itself is any text."""
    told = "".join(inspect.getsource(module) for module in (_account, _person))
    sentences = re.findall(r"details_code: Optional\[str\]\s+\"\"\"\s+One of ([^.]+)\.", told)
    return {code for sentence in sentences for code in re.findall(r"`(\w+)`", sentence)}


def test_every_code_of_the_package_and_of_other_dialects_has_an_instruction():
    codes = codes_of_errors()
    assert len(codes) > 90
    assert {code for code in codes | OF_OTHER_DIALECTS if known_instruction(code) is None} == set()


def test_each_has_one_of_its_own():
    sentences = [str(sentence) for sentence in INSTRUCTIONS.values()]
    assert len(set(sentences)) == len(sentences)


def test_none_is_kept_for_a_code_that_does_not_exist():
    assert set(INSTRUCTIONS) <= codes_of_errors() | OF_OTHER_DIALECTS


def test_what_came_of_a_document_or_a_person_has_an_instruction():
    codes = codes_of_details()
    assert len(codes) > 20
    assert {code for code in codes if known_instruction(code) is None} == set()


def test_instructions_name_no_code_and_do_not_quote_stripe():
    for code, sentence in INSTRUCTIONS.items():
        assert "_" not in str(sentence), code
        assert not str(sentence).startswith("Stripe said"), code
        assert str(sentence).endswith("."), code


def test_a_code_that_nobody_has_met_is_told_neutrally():
    told = instruction_for("frobnicate_mismatch")
    assert "frobnicate" not in told
    assert told not in {str(sentence) for sentence in INSTRUCTIONS.values()}


def test_every_reason_of_v1_to_switch_something_off_has_a_sentence():
    reasons = reasons_to_disable()
    assert len(reasons) > 20
    assert reasons - set(words.DISABLED) == set()
    assert words.disabled_sentence("") == ""
    assert "brand" not in words.disabled_sentence("brand.new")


@pytest.mark.parametrize("code", sorted(code for code in words.DISABLED if "_" in code or "." in code))
def test_no_sentence_of_it_shows_its_code(code):
    assert code not in words.disabled_sentence(code)
