"""Files: taken by their content, kept in one account, downloaded and linked where their purpose allows it."""

import io
import urllib.error
import urllib.request

import pytest
import stripe

from tests.local_stripe.pictures import jpg, pdf, png


def named(data: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def upload(client, data, name="passport.png", purpose="identity_document", account=None):
    options = {"stripe_account": account} if account else {}
    return client.v1.files.create({"purpose": purpose, "file": named(data, name)}, options)


@pytest.mark.parametrize(("data", "type"), [(png(), "png"), (jpg(), "jpg"), (pdf(), "pdf")])
def test_the_type_is_what_the_content_is_whatever_the_name_says(client, data, type):
    file = upload(client, data, "holiday.txt", purpose="additional_verification")
    assert (file.object, file.type, file.size, file.filename) == ("file", type, len(data), "holiday.txt")
    assert file.id.startswith("file_")
    assert file.links.data == []
    assert client.v1.files.retrieve(file.id).purpose == "additional_verification"
    assert [one.id for one in client.v1.files.list({"purpose": "additional_verification"}).data] == [file.id]
    assert client.v1.files.list({"purpose": "dispute_evidence"}).data == []


@pytest.mark.parametrize(
    ("data", "purpose", "words"),
    [
        (b"", "identity_document", "empty"),
        (b"just some text", "identity_document", "not an image or a PDF"),
        (png()[:-20], "identity_document", "damaged"),
        (png()[:40] + b"\x00" + png()[41:], "identity_document", "damaged"),
        (jpg()[:-2], "identity_document", "damaged"),
        (pdf()[:20], "additional_verification", "damaged"),
        (pdf("/Encrypt"), "additional_verification", "password"),
        (png(side=8001), "identity_document", "8000"),
        (png() + b"\0" * (10 * 1024 * 1024), "identity_document", "too large"),
        (png() + b"\0" * (512 * 1024), "business_logo", "too large"),
        (pdf(), "business_logo", "must be one of"),
    ],
)
def test_what_stripe_could_not_use_is_refused(client, data, purpose, words):
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        upload(client, data, purpose=purpose)
    assert refused.value.param == "file"


def test_a_file_needs_a_known_purpose_and_bytes(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        upload(client, png(), purpose="holiday_picture")
    assert refused.value.param == "purpose"


def test_a_file_belongs_to_the_account_that_sent_it(client, account, other_account):
    file = upload(client, png(), account=account)
    assert client.v1.files.retrieve(file.id, {}, {"stripe_account": account}).id == file.id
    for elsewhere in ({}, {"stripe_account": other_account}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.files.retrieve(file.id, {}, elsewhere)
        assert refused.value.code == "resource_missing"


def test_an_upload_tells_itself_by_an_event_without_its_bytes(client, account):
    file = upload(client, png(), account=account)
    event = client.v1.events.list({"type": "file.created"}, {"stripe_account": account}).data[0]
    assert event.data.object.id == file.id
    assert "_outcome" not in str(event)


def fetch(url: str, key: str | None = None) -> tuple[int, bytes, str]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as reply:
            return reply.status, reply.read(), reply.headers["Content-Type"]
    except urllib.error.HTTPError as refusal:
        return refusal.code, b"", ""


def test_contents_come_back_except_those_of_identity_documents(client):
    evidence = upload(client, pdf("receipt"), "receipt.pdf", purpose="dispute_evidence")
    assert fetch(evidence.url, "sk_test_platform") == (200, pdf("receipt"), "application/pdf")
    assert fetch(evidence.url)[0] == 401
    assert fetch(upload(client, png()).url, "sk_test_platform")[0] == 403


def test_links_show_a_file_until_they_expire(client, local_stripe):
    evidence = upload(client, png(), purpose="dispute_evidence")
    link = client.v1.file_links.create({"file": evidence.id, "metadata": {"why": "appeal"}})
    assert (link.expired, link.file, link.metadata["why"]) == (False, evidence.id, "appeal")
    assert fetch(link.url)[:2] == (200, png())
    assert [one.id for one in client.v1.files.retrieve(evidence.id).links.data] == [link.id]
    ended = client.v1.file_links.update(link.id, {"expires_at": "now"})
    assert ended.expired
    assert ended.url is None
    assert fetch(link.url)[0] == 404
    assert client.v1.file_links.retrieve(link.id).expired
    assert [one.id for one in client.v1.file_links.list({"expired": True}).data] == [link.id]
    assert client.v1.file_links.list({"expired": False}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.file_links.create({"file": upload(client, png()).id})
