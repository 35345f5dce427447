"""Documents pass through to Stripe: looked at before, kept nowhere, and their fate is told as an instruction."""

import logging
import struct
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import connected_accounts
from accounts.details import documents_files, documents_slots
from accounts.error_words import instruction_for
from accounts.models import AccountChange, ConnectedAccount, Document
from desk.models import AuditEntry
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation
from tests.local_stripe.pictures import jpg, pdf, png

pytestmark = pytest.mark.django_db(transaction=True)
Status = Document.Status
CANARY = "kanarie-of-a-passport"


def url(name, account, *args):
    return reverse(f"accounts:{name}", args=[account.ref, *args])


def text_of(answer):
    return answer.content.decode()


def file(name="success.png", data=None, content_type="image/png"):
    return SimpleUploadedFile(name, png(CANARY) if data is None else data, content_type=content_type)


@pytest.fixture
def account(invited, local_stripe):
    """A company whose representative could not be verified: Stripe wants an identity document."""
    someone = {"dob": {"day": 14, "month": 7, "year": 1985}, "relationship": {"representative": True, "owner": True}}
    client.ephemeral(f"/v1/accounts/{invited.stripe_id}/persons", params=someone)
    local_stripe.activate(invited.stripe_id)
    local_stripe.control(f"accounts/{invited.stripe_id}/outcome", {"outcome": "fail"})
    connected_accounts.reread(invited)
    return invited


@pytest.fixture
def person(account, local_stripe):
    return next(one["id"] for one in local_stripe.list("person") if one["relationship"].get("representative"))


@pytest.fixture
def owner(account, as_owner):
    return as_owner(account)


@pytest.fixture
def hand_over(owner, account, person):
    """`hand_over(front, …)` → the answer to the form of the representative's identity document."""

    def send(front=None, *, slot="primary_verification", subject=person, **more):
        form = {"operation": str(uuid.uuid4()), "front": file() if front is None else front}
        return owner.post(url("document", account, subject, slot), form | more)

    return send


def checked(local_stripe, account):
    """Stripe has looked at what it was given, and we have read what it says."""
    local_stripe.advance(10)
    connected_accounts.reread(account, timezone.now() + timedelta(seconds=1))


def settle(operation_id):
    """Let the sweeper come by as often as it needs."""
    now = timezone.now()
    for _round in range(12):
        now += timedelta(minutes=10)
        operations.sweep(now=now)
        operation = StripeOperation.objects.get(pk=operation_id)
        if operation.state in StripeOperation.FINAL:
            return operation
    pytest.fail(f"still {operation.state}: {operation.history}")


class TestHandingOver:
    def test_what_stripe_asks_for_stands_in_the_list_with_the_reason(self, owner, account, person):
        page = text_of(owner.get(url("details-documents", account)))
        assert "Identity document" in page
        assert url("document", account, person, "primary_verification") in page
        assert instruction_for("verification_failed_keyed_identity") in page

    def test_the_page_says_what_is_accepted(self, owner, account, person):
        page = text_of(owner.get(url("document", account, person, "primary_verification")))
        assert "Passport: the page with the photo" in page
        assert 'capture="environment"' in page
        assert "image/jpeg,image/png" in page
        assert (
            "blob:"
            in owner.get(url("document", account, person, "primary_verification")).headers["Content-Security-Policy"]
        )
        assert "blob:" not in owner.get(url("details-documents", account)).headers["Content-Security-Policy"]

    def test_front_and_back_reach_stripe_and_stand_at_the_person(self, hand_over, account, person, local_stripe):
        answer = hand_over(back=file("back.png", png("the other side")))
        assert (answer.status_code, answer.url) == (302, url("details-documents", account))
        at_books = next(one for one in local_stripe.list("person") if one["id"] == person)
        sides = at_books["documents"]["primary_verification"]["front_back"]
        document = Document.objects.get()
        assert (sides["front"], sides["back"]) == (document.front_file, document.back_file)
        assert {one["purpose"] for one in local_stripe.list("file")} == {"identity_document"}
        assert {one["scope"] for one in local_stripe.control("objects?kind=file")["objects"]} == {account.stripe_id}

    def test_a_good_document_ends_accepted(self, hand_over, owner, account, local_stripe):
        hand_over()
        assert Document.objects.get().status == Status.SENT
        assert "Being checked" in text_of(owner.get(url("details-documents", account)))
        checked(local_stripe, account)
        assert Document.objects.get().status == Status.ACCEPTED
        assert AuditEntry.objects.filter(verb="document.accepted", stream=account.audit_stream).exists()
        assert "Accepted" in text_of(owner.get(url("details-documents", account)))

    @pytest.mark.parametrize(
        "code",
        [
            "verification_document_failed_test_mode",
            "verification_document_not_readable",
            "verification_document_expired",
            "verification_document_name_mismatch",
        ],
    )
    def test_a_refused_document_comes_back_as_an_instruction(
        self, hand_over, owner, account, person, local_stripe, code
    ):
        hand_over(file(f"{code}.png"))
        checked(local_stripe, account)
        document = Document.objects.get()
        assert (document.status, document.error_code) == (Status.REFUSED, code)
        page = text_of(owner.get(url("document", account, person, "primary_verification")))
        assert "The last one was not accepted" in page
        assert instruction_for(code) in page
        assert code not in page

    def test_after_a_refusal_a_better_one_is_accepted(self, hand_over, account, local_stripe):
        hand_over(file("failed.png"))
        checked(local_stripe, account)
        hand_over(file("success.png", png("a better picture")))
        checked(local_stripe, account)
        assert list(Document.objects.order_by("id").values_list("status", flat=True)) == ["refused", "accepted"]

    def test_the_very_same_picture_is_refused_at_once(self, hand_over, account, local_stripe):
        hand_over(file("failed.png"))
        checked(local_stripe, account)
        answer = hand_over(file("failed.png"))
        assert answer.status_code == 422
        assert list(Document.objects.order_by("id").values_list("status", flat=True)) == ["refused", "not_taken"]

    def test_a_photo_from_the_camera_counts(self, hand_over, local_stripe):
        assert hand_over("", front_photo=file("photo.jpg", jpg(), "image/jpeg")).status_code == 302
        assert len(local_stripe.list("file")) == 1

    def test_a_document_of_the_business_goes_to_the_account(self, owner, account, local_stripe):
        form = {"operation": str(uuid.uuid4()), "front": file("register.pdf", pdf(), "application/pdf")}
        for slot in ("primary_verification", "proof_of_registration"):
            answer = owner.post(url("document", account, "business", slot), form | {"operation": str(uuid.uuid4())})
            assert answer.status_code == 302, text_of(answer)
            form["front"].seek(0)
        [at_books] = local_stripe.list("account")
        documents = at_books["business"]["documents"]
        first, second = Document.objects.order_by("id")
        assert documents["primary_verification"]["front_back"]["front"] == first.front_file
        assert documents["proof_of_registration"]["files"] == [second.front_file]
        assert {one["purpose"] for one in local_stripe.list("file")} == {
            "additional_verification",
            "account_requirement",
        }

    def test_a_double_click_hands_over_once(self, hand_over, local_stripe):
        form_id = str(uuid.uuid4())
        first, second = hand_over(operation=form_id), hand_over(operation=form_id)
        assert first.url == second.url
        assert len(local_stripe.list("file")) == 1
        assert Document.objects.count() == 1

    def test_the_same_form_with_another_picture_is_turned_away(self, hand_over):
        form_id = str(uuid.uuid4())
        hand_over(operation=form_id)
        answer = hand_over(file("other.png", png("other")), operation=form_id)
        assert answer.status_code == 409
        assert Document.objects.count() == 1

    def test_nothing_of_a_file_is_kept_here(self, hand_over, caplog, tmp_path, settings, monkeypatch):
        caplog.set_level(logging.DEBUG)
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        hand_over(file("jenny-rosen-passport.png"))
        assert Document.objects.count() == 1
        kept = "\n".join(str(row) for model in apps.get_models() for row in model.objects.values_list())
        assert CANARY not in kept
        assert "jenny-rosen" not in kept + caplog.text
        assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []


class TestLostAnswers:
    def test_when_the_upload_is_not_answered_nothing_is_written_down(self, hand_over, local_stripe):
        local_stripe.fault("drop_after", path="/v1/files", method="POST")
        answer = hand_over()
        assert answer.status_code == 422
        assert "nothing was sent" in text_of(answer)
        assert not AccountChange.objects.exists()
        assert not Document.objects.exists()

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after", "503"])
    def test_a_lost_answer_ends_in_one_document(self, hand_over, owner, account, person, local_stripe, fault):
        local_stripe.fault(fault, path="/v1/accounts/*/persons/*", method="POST")
        hand_over()
        assert "Not confirmed yet" in text_of(owner.get(url("details-documents", account)))
        document = Document.objects.get()
        assert settle(document.change.operation_id).state == StripeOperation.State.ACCEPTED
        at_books = next(one for one in local_stripe.list("person") if one["id"] == person)
        assert at_books["documents"]["primary_verification"]["front_back"]["front"] == document.front_file

    def test_a_reading_older_than_the_document_says_nothing_about_it(self, hand_over, account, local_stripe):
        before = timezone.now() - timedelta(minutes=1)
        hand_over(file("failed.png"))
        local_stripe.advance(10)
        ConnectedAccount.objects.filter(pk=account.pk).update(synced_at=None)
        connected_accounts.reread(account, before)
        assert Document.objects.get().status == Status.SENT

    def test_while_stripe_is_still_checking_nothing_is_said(self, hand_over, account):
        hand_over()
        connected_accounts.reread(account, timezone.now() + timedelta(seconds=1))
        assert Document.objects.get().status == Status.SENT

    def test_what_is_asked_of_somebody_who_was_removed_is_not_taken_for_accepted(
        self, hand_over, owner, account, person, local_stripe
    ):
        hand_over()
        client_of_stripe(local_stripe, account, person)
        AccountChange.objects.filter(part="person_removal").update(person_id=person)
        checked(local_stripe, account)
        assert Document.objects.get().status == Status.SENT


def client_of_stripe(local_stripe, account, person):
    """Remove the person as our own form does."""
    from accounts import changes
    from accounts.details import people, people_changes
    from tests.factories.desk import StaffFactory

    gone = people.Person({"id": person})
    terms = people_changes.removal(account, gone)
    changes.send(form_id=uuid.uuid4(), account=account, actor=StaffFactory(role="operator"), **terms)


BIG = b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024)


class TestLookingAtFiles:
    @pytest.mark.parametrize(
        ("name", "data", "sentence"),
        [
            ("empty.png", b"", "This file is empty"),
            ("large.png", BIG, "This file has 10.0 MB"),
            ("words.png", b"only words", "neither a JPG nor a PNG"),
            ("page.png", pdf(), "wants a photo of this document, not a PDF"),
            ("photo.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
            ("cut.png", png("x")[:40], "damaged"),
            ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "damaged"),
            ("wide.png", png(side=8001), "8001 by 8001 pixels"),
        ],
    )
    def test_what_stripe_would_refuse_never_leaves_us(self, hand_over, local_stripe, name, data, sentence):
        answer = hand_over(file(name, data))
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert local_stripe.list("file") == []
        assert not Document.objects.exists()

    def test_without_any_file_the_form_says_so(self, hand_over):
        answer = hand_over("")
        assert answer.status_code == 422
        assert "Choose the file, or take the picture." in text_of(answer)

    def test_front_and_back_must_differ(self, hand_over):
        answer = hand_over(back=file("again.png"))
        assert answer.status_code == 422
        assert "the same file as the front" in text_of(answer)

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (pdf("/Encrypt 5 0 R"), "protected by a password"),
            (b"%PDF-1.4\n half of it", "This PDF is incomplete"),
            (b"\xd0\xcf\x11\xe0 a text document", "neither a JPG or PNG picture nor a PDF"),
        ],
    )
    def test_pdfs_are_looked_at_too(self, owner, account, data, sentence):
        form = {"operation": str(uuid.uuid4()), "front": file("paper.pdf", data, "application/pdf")}
        answer = owner.post(url("document", account, "business", "proof_of_registration"), form)
        assert answer.status_code == 422
        assert sentence in text_of(answer)

    def test_the_size_of_a_jpg_is_found_behind_its_other_parts(self):
        exif = b"\xff\xe1" + struct.pack(">H", 6) + b"Exif"
        frame = b"\xff\xc2" + struct.pack(">HBHH", 17, 8, 9000, 20) + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00"
        data = b"\xff\xd8" + exif + b"\xff\xff" + frame[1:] + b"\xff\xd9"
        with pytest.raises(documents_files.NotADocument, match="20 by 9000"):
            documents_files.look(file("a.jpg", data), takes_pdf=False)


class TestWhatStripeAsks:
    @pytest.mark.parametrize(
        ("path", "key"),
        [
            ("person_1.documents.primary_verification.front_back.front", "primary_verification"),
            ("identity.individual.documents.secondary_verification", "secondary_verification"),
            ("identity.business_details.documents.proof_of_registration.files", "proof_of_registration"),
            ("person_1.verification.document", "primary_verification"),
            ("company.verification.document", "primary_verification"),
            ("person_1.verification.additional_document", "secondary_verification"),
            ("person_1.given_name", ""),
        ],
    )
    def test_a_path_names_its_document(self, path, key):
        assert documents_slots.key_of(path) == key

    @pytest.mark.parametrize("is_about_business", [True, False])
    def test_every_document_has_words_kinds_and_a_place(self, is_about_business):
        keys = documents_slots.ABOUT_BUSINESS if is_about_business else documents_slots.ABOUT_PEOPLE
        for key in keys:
            slot = documents_slots.slot(key, is_about_business=is_about_business)
            assert "Stripe’s form" not in slot.label, key
            assert slot.accepted_kinds(country="US", account_country="US"), key
            assert slot.params({"front": "file_1"}), key

    def test_from_another_country_only_the_passport_will_do(self):
        slot = documents_slots.slot("primary_verification", is_about_business=False)
        assert slot.accepted_kinds(country="DE", account_country="US") == ["Passport: the page with the photo"]

    def test_an_individual_proves_who_they_are_on_the_account(self, local_stripe, invite, as_owner):
        invite(entity_type="individual")
        account = ConnectedAccount.objects.get()
        local_stripe.activate(account.stripe_id)
        local_stripe.control(f"accounts/{account.stripe_id}/outcome", {"outcome": "fail"})
        connected_accounts.reread(account)
        [person] = local_stripe.list("person")
        owner = as_owner(account)
        where = url("document", account, person["id"], "primary_verification")
        assert where in text_of(owner.get(url("details-documents", account)))
        answer = owner.post(where, {"operation": str(uuid.uuid4()), "front": file()})
        assert answer.status_code == 302, text_of(answer)
        checked(local_stripe, account)
        assert Document.objects.get().status == Status.ACCEPTED
        assert owner.get(url("document", account, "business", "primary_verification")).status_code == 404


class TestWhoMay:
    @pytest.mark.parametrize("role", ["viewer", "finance"])
    def test_viewers_and_finance_hand_over_nothing(self, account, person, as_owner, role):
        client = as_owner(account, role=role)
        assert client.get(url("details-documents", account)).status_code == 403
        assert client.get(url("document", account, person, "primary_verification")).status_code == 403

    @pytest.mark.parametrize(
        ("subject", "slot"), [("person_x", "passport"), ("business", "visa"), ("business", "nose")]
    )
    def test_what_there_is_not_is_not_found(self, account, owner, subject, slot):
        assert owner.get(url("document", account, subject, slot)).status_code == 404

    def test_a_person_of_another_account_does_not_exist(self, account, person, invite, as_owner, local_stripe):
        invite(name="Other", contact_email="other@other.test")
        other = ConnectedAccount.objects.exclude(pk=account.pk).get()
        stranger = as_owner(other)
        where = url("document", other, person, "primary_verification")
        assert stranger.post(where, {"operation": str(uuid.uuid4()), "front": file()}).status_code == 404
        assert local_stripe.list("file") == []

    def test_staff_says_why_and_sees_how_it_ended(self, account, person, as_staff, local_stripe):
        client = as_staff("operator")
        where = url("document", account, person, "primary_verification")
        form = {"operation": str(uuid.uuid4()), "front": file("failed.png")}
        assert client.post(where, form).status_code == 422
        form["front"].seek(0)
        assert client.post(where, form | {"reason": "Sent by mail"}).status_code == 302
        checked(local_stripe, account)
        panel = text_of(client.get(url("documents-panel", account)))
        assert "Not accepted" in panel
        assert "Ask for a better picture" in panel
        assert url("documents-panel", account) in text_of(client.get(url("detail", account)))

    def test_members_see_the_status_but_ask_nobody(self, account, person, hand_over, as_owner):
        hand_over()
        panel = text_of(as_owner(account, role="viewer").get(url("documents-panel", account)))
        assert "Being checked" in panel
        assert "Ask for a better picture" not in panel
