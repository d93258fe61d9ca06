"""What the Stripe gateway makes of a bad network and of every kind of error answer."""

import contextlib
import json
import logging
import socket
import ssl
import time
from datetime import UTC, datetime

import pytest
import trustme
from scripted_server import ScriptedServer, answering, read_request, reset

from billdesk.core.domain.errors import TemporaryError, UserError
from billdesk.core.gateways.stripe.errors import (
    StripeFailure,
    StripeGone,
    StripeKeyParametersDrifted,
    StripeKeyRejected,
    StripePermissionMissing,
    StripeRefused,
    StripeUnreachable,
)
from billdesk.core.gateways.stripe.facts import EVENT_TYPES, RootKind
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway

KEY = "rk_test_" + "s3cr3tK3y" * 4
LINK = {
    "id": "plink_1",
    "object": "payment_link",
    "url": "https://buy.stripe.com/test_1",
    "active": True,
    "livemode": False,
    "metadata": {},
    "restrictions": {"completed_sessions": {"count": 0, "limit": 1}},
}
# Keeps the SDK from its own retry where a test is not about that.
NO_RETRY = {"Stripe-Should-Retry": "false"}


def error_answer(status, headers=None, **error):
    return answering(status, json.dumps({"error": error}), headers={**NO_RETRY, **(headers or {})})


@contextlib.contextmanager
def stripe_that(*script, timeout_s=(1.0, 0.3)):
    with ScriptedServer(script) as server:
        gateway = SdkStripeGateway(KEY, base_url=server.url, timeout_s=timeout_s)
        try:
            yield gateway, server
        finally:
            gateway.close()


def failure_of(*script, **options):
    with stripe_that(*script, **options) as (gateway, _):
        with pytest.raises(StripeFailure) as caught:
            gateway.create_payment_link({"metadata": {"to": "anna@example.com"}}, "bd1:x:link:1")
        return caught.value


def stall(connection):
    read_request(connection)
    # Until the client gives up and the test closes the socket.
    connection.recv(1)


def drop(connection):
    read_request(connection)
    reset(connection)


def test_the_sdk_repeats_once_with_the_same_key():
    seen = []
    broken = answering(500, '{"error": {"type": "api_error"}}', requests=seen)
    good = answering(200, json.dumps(LINK), requests=seen)
    with stripe_that(broken, good) as (gateway, _):
        assert gateway.create_payment_link({"submit_type": "pay"}, "bd1:x:link:1").id == "plink_1"
    assert len(seen) == 2
    assert all(b"Idempotency-Key: bd1:x:link:1\r\n" in request for request in seen)
    assert all(f"Bearer {KEY}".encode() in request for request in seen)


def test_nothing_about_this_computer_is_reported():
    seen = []
    with stripe_that(answering(200, json.dumps(LINK), requests=seen)) as (gateway, _):
        gateway.read_payment_link("plink_1")
        gateway.read_payment_link("plink_1")
    told = b"".join(seen)
    assert b"X-Stripe-Client-Telemetry" not in told
    assert b"telemetry_id" not in told
    assert socket.gethostname().encode() not in told
    assert b"BillDesk/" in told
    assert b"Stripe-Version: 2026-10-28.endive" in told


@pytest.mark.parametrize(
    "script",
    [
        answering(500, "<html>oops</html>", content_type="text/html", headers=NO_RETRY),
        answering(502, "", headers=NO_RETRY),
        answering(503, '{"error": {"type": "api_error"}}', headers=NO_RETRY),
        answering(409, '{"error": {"code": "idempotency_key_in_use"}}', headers=NO_RETRY),
        answering(403, "<html>Blocked by the hotel</html>", content_type="text/html"),
        answering(302, "", headers={"Location": "http://127.0.0.1:1/login"}),
        answering(500, '{"error": null}', headers=NO_RETRY),
        answering(500, '{"error": []}', headers=NO_RETRY),
        answering(400, "[]"),
        answering(400, '{"error": "odd"}'),
    ],
    ids=[
        "html-500",
        "empty-502",
        "503",
        "409",
        "html-403",
        "login-page",
        "null-error",
        "list-error",
        "list",
        "text-error",
    ],
)
def test_an_answer_that_settles_nothing_is_unreachable(script):
    failure = failure_of(script)
    assert isinstance(failure, StripeUnreachable)
    assert isinstance(failure, TemporaryError)
    assert not failure.rate_limited
    assert "<html" not in str(failure) + repr(failure)


@pytest.mark.parametrize(
    "body",
    [
        "<html>Please log in to the hotel network</html>",
        json.dumps(LINK)[:40],
        "[]",
        "null",
        "{}",
        json.dumps({**LINK, "active": "yes"}),
        json.dumps({**LINK, "restrictions": []}),
    ],
)
def test_a_success_that_cannot_be_read_is_unreachable(body):
    failure = failure_of(answering(200, body))
    assert isinstance(failure, StripeUnreachable)
    assert failure.code == "unreadable_answer"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (["odd"], "Stripe refused the request."),
        ({"odd": 1}, "Stripe refused the request."),
        (5, "Stripe refused the request."),
        ("half \ud83d of it\0", "Stripe refused the request: half ? of it"),
    ],
)
def test_a_refusal_whose_sentence_is_odd_is_still_one(message, said):
    failure = failure_of(error_answer(400, type="invalid_request_error", message=message))
    assert isinstance(failure, StripeRefused)
    assert str(failure) == said


def test_an_answer_without_stripes_clock_is_not_used():
    failure = failure_of(answering(200, json.dumps(LINK), headers={"Date": ""}))
    assert isinstance(failure, StripeUnreachable)


def test_an_answer_cut_short_is_unreachable():
    whole = json.dumps(LINK)
    failure = failure_of(answering(200, whole[:60], declared_length=len(whole)))
    assert isinstance(failure, StripeUnreachable)


def test_a_reset_is_unreachable_after_one_retry():
    with stripe_that(drop) as (gateway, server):
        with pytest.raises(StripeUnreachable, match="cannot be reached") as caught:
            gateway.read_payment_link("plink_1")
        assert server.connections == 2
    assert caught.value.code == "connection"


def test_silence_ends_at_the_time_out():
    started = time.monotonic()
    failure = failure_of(stall, timeout_s=(1.0, 0.2))
    assert isinstance(failure, StripeUnreachable)
    assert failure.code == "timeout"
    assert time.monotonic() - started < 5


def test_nobody_listening_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gateway = SdkStripeGateway(KEY, base_url=f"http://127.0.0.1:{port}")
    with pytest.raises(StripeUnreachable, match="Internet"):
        gateway.read_payment_link("plink_1")
    gateway.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_carries_neither_order_nor_key_anywhere(status):
    elsewhere = []
    body = json.dumps(LINK)
    with ScriptedServer([answering(200, body, requests=elsewhere)]) as other:
        target = {"Location": f"{other.url.replace('127.0.0.1', 'localhost')}/v1/payment_links"}
        failure = failure_of(answering(status, body, headers=target))
    assert isinstance(failure, StripeUnreachable)
    assert failure.code == "redirect"
    assert elsewhere == []


def test_a_certificate_nobody_vouches_for_is_named():
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)

    def greet(connection):
        tls.wrap_socket(connection, server_side=True).close()

    with ScriptedServer([greet]) as server:
        gateway = SdkStripeGateway(KEY, base_url=server.url.replace("http:", "https:"))
        with pytest.raises(StripeUnreachable, match="certificate") as caught:
            gateway.read_payment_link("plink_1")
        gateway.close()
    assert caught.value.code == "tls"


def test_a_rate_limit_is_told_with_its_reason():
    limited = error_answer(
        429,
        {"Stripe-Rate-Limited-Reason": "endpoint-rate", "Retry-After": "7"},
        type="invalid_request_error",
        code="rate_limit",
        message="Too many requests.",
    )
    with stripe_that(limited) as (gateway, server):
        with pytest.raises(StripeUnreachable) as caught:
            gateway.read_payment_link("plink_1")
        assert server.connections == 1
    failure = caught.value
    assert failure.rate_limited
    assert (failure.http_status, failure.code) == (429, "endpoint-rate")
    assert failure.retry_after_s == 7.0


def test_a_lock_time_out_is_repeated_when_stripe_says_so():
    locked = answering(
        429,
        '{"error": {"type": "invalid_request_error", "code": "lock_timeout"}}',
        headers={"Stripe-Should-Retry": "true"},
    )
    with stripe_that(locked, answering(200, json.dumps(LINK))) as (gateway, server):
        assert gateway.read_payment_link("plink_1").id == "plink_1"
        assert server.connections == 2


def test_a_refusal_is_final_and_keeps_stripes_words_without_addresses_or_keys():
    failure = failure_of(
        error_answer(
            400,
            {"Request-Id": "req_1"},
            type="invalid_request_error",
            code="email_invalid",
            param="customer_email",
            message=f"Invalid email address: anna@example.com ({KEY})",
        )
    )
    assert isinstance(failure, StripeRefused)
    assert isinstance(failure, UserError)
    assert (failure.http_status, failure.code, failure.param) == (
        400,
        "email_invalid",
        "customer_email",
    )
    assert failure.request_id == "req_1"
    assert "Invalid email address" in str(failure)
    assert "anna@example.com" not in str(failure) + failure.stripe_message


def test_an_endless_refusal_is_cut_between_words():
    endless = "so " * 1330 + "anna@example.com " * 100_000
    failure = failure_of(error_answer(400, type="invalid_request_error", message=endless))
    assert failure.stripe_message.startswith("so so ")
    assert len(failure.stripe_message) <= 4000
    assert "anna" not in failure.stripe_message


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            error_answer(400, type="idempotency_error", message="Keys for idempotent requests"),
            StripeKeyParametersDrifted,
        ),
        (error_answer(401, type="invalid_request_error", message="Expired"), StripeKeyRejected),
        (error_answer(402, type="card_error", code="card_declined"), StripeRefused),
        (error_answer(404, type="invalid_request_error", code="resource_missing"), StripeGone),
        (error_answer(400, type="invalid_request_error", code="resource_missing"), StripeGone),
    ],
)
def test_each_class_of_answer_has_its_error(answer, expected):
    assert type(failure_of(answer)) is expected


def test_a_missing_permission_is_named():
    failure = failure_of(
        error_answer(
            403,
            type="invalid_request_error",
            code="more_permissions_required",
            message=(
                "The provided key 'rk_test_*****abcd' does not have the required permissions "
                "for this endpoint. Having the 'rak_bucket_payment_links_write' permission would "
                "allow this request to continue."
            ),
        )
    )
    assert isinstance(failure, StripePermissionMissing)
    assert failure.permission == "rak_bucket_payment_links_write"
    assert "rak_bucket_payment_links_write" in str(failure)
    assert "abcd" not in str(failure) + repr(failure)


def test_an_aged_out_cursor_is_the_cursors_fault():
    aged = error_answer(
        400,
        type="invalid_request_error",
        message="evt_1 is no longer available because it's aged out of our retention policy",
    )
    with stripe_that(aged) as (gateway, _), pytest.raises(StripeGone) as caught:
        gateway.list_events(
            created_gte=datetime(2026, 10, 1, tzinfo=UTC), types=EVENT_TYPES, starting_after="evt_1"
        )
    assert caught.value.param == "starting_after"


def test_a_key_without_account_access_is_known_by_itself():
    forbidden = error_answer(403, type="invalid_request_error", message="No.")
    with stripe_that(forbidden) as (gateway, _):
        who = gateway.identify()
    assert (who.livemode, who.account_id, who.from_account) == (False, None, False)
    assert who.name == ""
    assert KEY not in who.fingerprint


def test_an_idempotent_answer_of_another_session_status_is_not_mistaken():
    refused = error_answer(400, type="invalid_request_error", message="Only open ones.")
    still_open = answering(200, json.dumps({"id": "cs_1", "status": "open"}))
    with stripe_that(refused, still_open) as (gateway, _), pytest.raises(StripeRefused):
        gateway.expire_session("cs_1")


def test_a_payment_link_is_not_a_payment():
    with stripe_that(stall) as (gateway, _), pytest.raises(ValueError, match="read_payment_link"):
        gateway.fetch_payment(RootKind.PAYMENT_LINK, "plink_1")


def test_no_error_and_no_log_line_holds_the_key_or_a_body(caplog):
    caplog.set_level(logging.DEBUG)
    secret_body = '{"error": {"message": "%s", "param": null, "client_secret": "pi_1_secret_2"}}'
    scripts = [
        answering(status, secret_body % KEY, headers=NO_RETRY)
        for status in (200, 400, 401, 402, 403, 404, 409, 429, 500)
    ]
    scripts += [drop, answering(500, f"<html>{KEY}</html>", headers=NO_RETRY)]
    for script in scripts:
        failure = failure_of(script)
        chain = [failure, failure.__cause__, failure.__context__]
        said = "".join(f"{one} {one!r} {getattr(one, 'args', '')} " for one in chain if one)
        said += repr(vars(failure))
        assert KEY not in said
        assert "secret_2" not in said
        assert "anna@example.com" not in said
    gateway = SdkStripeGateway(KEY, base_url="http://127.0.0.1:1")
    assert KEY not in repr(gateway)
    gateway.close()
    assert KEY not in caplog.text
    assert "secret_2" not in caplog.text
    assert "anna" not in caplog.text
