"""The server itself: who may use it, planned failures, restarts, a clean end."""

import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import stripe
from sandbox_support import NOW, MakeClient, MakeLink, submit

from billdesk.sandbox import PRACTICE_KEY, Exchange, Fault, StripeSandbox
from billdesk.sandbox.control import TOKEN_HEADER


def test_requests_for_another_host_or_from_another_site_are_refused(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    page = make_link().url
    assert requests.get(page, headers={"Host": "evil.example"}, timeout=10).status_code == 403
    for host in ("[", "[::1", "evil@127.0.0.1", "127.0.0.1@evil.example"):
        assert requests.get(page, headers={"Host": host}, timeout=10).status_code == 403
    for origin in ("https://evil.example", "null", "[", "http://[", "http://evil@127.0.0.1"):
        refused = requests.post(
            f"{sandbox.url}/c/pay/cs_test_1", headers={"Origin": origin}, timeout=10
        )
        assert refused.status_code == 403
    port = urlsplit(sandbox.url).port
    own = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    assert requests.get(page, headers=own, timeout=10).status_code == 200


def test_the_server_listens_on_loopback_only(sandbox: StripeSandbox) -> None:
    assert urlsplit(sandbox.url).hostname == "127.0.0.1"
    port = urlsplit(sandbox.url).port
    assert port is not None
    with pytest.raises(OSError, match=r"refused|reachable|timed out"):
        socket.create_connection(("127.0.0.2", port), timeout=2)


def test_the_control_api_needs_its_token(sandbox: StripeSandbox) -> None:
    address = f"{sandbox.url}/_sim/state"
    assert requests.get(address, timeout=10).status_code == 401
    wrong = {TOKEN_HEADER: "x" * 32}
    assert requests.get(address, headers=wrong, timeout=10).status_code == 401
    right = {TOKEN_HEADER: sandbox.control_token}
    assert requests.get(address, headers=right, timeout=10).json() == sandbox.state()


def test_the_control_api_does_what_the_methods_do(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    def act(action: str, **values: object) -> requests.Response:
        headers = {TOKEN_HEADER: sandbox.control_token}
        return requests.post(
            f"{sandbox.url}/_sim/{action}", json=values, headers=headers, timeout=10
        )

    session_id = sandbox.pay(make_link().url, card="AT611904300234573201")
    intent = str(client.v1.checkout.sessions.retrieve(session_id).payment_intent)
    assert act("settle", payment_intent=intent).json()["status"] == "succeeded"
    assert act("advance", seconds=2).json() == {"now": NOW + 2}
    assert client.v1.balance_transactions.list().data[0].amount == 119_000
    assert act("refund", payment_intent=intent, amount=100).json()["amount"] == 100
    assert act("refund", payment_intent="pi_none").status_code == 404
    policy = act("events", delay_s=5, copies=2).json()
    assert (policy["delay_s"], policy["copies"], policy["drop"]) == (5.0, 2, 0)
    assert act("events", delays=5).status_code == 400
    assert act("advance").status_code == 400
    assert act("faults", method="GET", path="/v1/balance$", status=503).status_code == 200
    with pytest.raises(stripe.APIError):
        client.v1.balance.retrieve(options={"max_network_retries": 0})
    assert act("reset").json() == {"reset": True}
    assert sandbox.state()["payment_links"] == []


def test_a_failure_before_the_effect_leaves_nothing_behind(
    sandbox: StripeSandbox, make_client: MakeClient, make_link: MakeLink
) -> None:
    sandbox.fail_next(Fault("POST", "/v1/payment_links$", status=429))
    with pytest.raises(stripe.RateLimitError) as caught:
        make_link(key="bd1:link:1")
    assert caught.value.headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"
    assert sandbox.state()["payment_links"] == []
    assert "Idempotent-Replayed" not in make_link(key="bd1:link:1").last_response.headers


@pytest.mark.parametrize("status", [500, None], ids=["error", "reset"])
def test_a_failure_after_the_effect_is_healed_by_the_key(
    sandbox: StripeSandbox, make_link: MakeLink, status: int | None
) -> None:
    sandbox.fail_next(Fault("POST", "/v1/payment_links$", status=status, when="after"))
    link = make_link(key="bd1:link:1")
    assert link.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(sandbox.state()["payment_links"]) == 1


def test_a_reset_connection_is_no_answer_at_all(
    sandbox: StripeSandbox, make_client: MakeClient
) -> None:
    sandbox.fail_next(Fault("GET", "/v1/events", status=None))
    with pytest.raises(stripe.APIConnectionError):
        make_client(retries=0).v1.events.list()
    assert make_client(retries=0).v1.events.list().data == []


def test_a_slow_answer_runs_into_the_clients_timeout(
    sandbox: StripeSandbox, make_client: MakeClient
) -> None:
    sandbox.fail_next(Fault("GET", "/v1/balance$", status=200, delay_s=0.5))
    with pytest.raises(stripe.APIConnectionError):
        make_client(retries=0, read_s=0.1).v1.balance.retrieve()


def test_a_key_in_use_is_refused_while_its_first_request_runs(
    sandbox: StripeSandbox, make_client: MakeClient, exchanges: list[Exchange]
) -> None:
    sandbox.fail_next(Fault("POST", "/v1/customers$", status=200, when="after", delay_s=1.0))
    client = make_client(retries=0)
    options: stripe.RequestOptions = {"idempotency_key": "bd1:customer:1"}

    def create() -> int | None:
        try:
            client.v1.customers.create({"name": "Anna"}, options=options)
        except stripe.StripeError as error:
            return error.http_status
        return 200

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(str(answer) for answer in pool.map(lambda _: create(), range(2)))
    assert statuses == ["200", "409"]


def test_faults_name_real_statuses_and_moments() -> None:
    with pytest.raises(ValueError, match="HTTP status"):
        Fault("GET", "/", status=99)
    with pytest.raises(ValueError, match="before or after"):
        Fault("GET", "/", when="during")  # type: ignore[arg-type] # wrong on purpose


def test_unknown_paths_and_malformed_bodies_are_answered_like_stripes(
    sandbox: StripeSandbox,
) -> None:
    headers = {"Authorization": f"Bearer {sandbox.api_key}"}
    unknown = requests.get(f"{sandbox.url}/v1/payouts", headers=headers, timeout=10)
    assert unknown.status_code == 404
    assert "Unrecognized request URL" in unknown.json()["error"]["message"]
    for body in ("a[b=1", "a=1&a[b]=2", "\u00e9=1"):
        reply = requests.post(
            f"{sandbox.url}/v1/customers", data=body.encode(), headers=headers, timeout=10
        )
        assert reply.status_code == 400
        assert reply.json()["error"]["type"] == "invalid_request_error"
    assert requests.get(f"{sandbox.url}/v1/events", timeout=10).status_code == 401


def test_the_watcher_sees_parameters_as_they_were_sent(
    client: stripe.StripeClient, exchanges: list[Exchange]
) -> None:
    client.v1.events.list({"created": {"gte": NOW}, "types": ["charge.updated"]})
    seen = exchanges[-1]
    assert (seen.method, seen.path, seen.status) == ("GET", "/v1/events", 200)
    assert seen.params == {"created": {"gte": str(NOW)}, "types": ["charge.updated"]}
    assert seen.body["data"] == []


def test_links_and_keys_survive_a_restart_at_the_same_address(
    tmp_path: Path,
) -> None:
    file = tmp_path / "practice.json"
    key = {"Authorization": f"Bearer {PRACTICE_KEY}", "Idempotency-Key": "bd1:link:1"}
    form = {
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "5000",
        "line_items[0][price_data][product_data][name]": "Invoice 7",
        "line_items[0][quantity]": "1",
    }

    def create(at: StripeSandbox) -> requests.Response:
        return requests.post(f"{at.url}/v1/payment_links", data=form, headers=key, timeout=10)

    with StripeSandbox(state_file=file) as first:
        link = create(first).json()
        first.advance(3_600)
        before = first.state()
    with StripeSandbox(state_file=file) as second:
        assert second.url == first.url
        assert second.state()["payment_links"] == before["payment_links"]
        assert second.state()["now"] >= before["now"]
        again = create(second)
        assert again.json()["id"] == link["id"]
        assert again.headers["Idempotent-Replayed"] == "true"
        second.pay(link["url"])
        intent = second.state()["payment_intents"][0]["id"]
    with StripeSandbox(state_file=file) as third:
        third.advance(2)
        assert third.state()["charges"][0]["balance_transaction"] is not None
        third.refund(intent)
        assert third.state()["charges"][0]["refunded"]


def test_a_line_that_was_being_written_when_the_process_died_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "practice.json"
    with StripeSandbox(state_file=file) as first:
        first.advance(3_600)
        whole = first.state()
    with file.open("a") as torn:
        torn.write('{"format": 1, "objects": [{"id": "plink_1", "obj')
    with StripeSandbox(state_file=file) as second:
        assert second.state()["payment_links"] == whole["payment_links"]
        assert second.state()["now"] >= whole["now"]


def test_links_move_when_their_port_was_taken_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "practice.json"
    with StripeSandbox(state_file=file) as first:
        port = urlsplit(first.url).port
        assert port is not None
    with (
        socket.create_server(("127.0.0.1", port)),
        StripeSandbox(state_file=file) as moved,
    ):
        assert moved.url != first.url


@pytest.mark.parametrize("text", ['{"format": 99}', "{}", "not JSON", '{"format": 1}', "[]"])
def test_a_file_that_is_no_state_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "practice.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"practice\.json is not a state file"):
        StripeSandbox(state_file=file)
    assert file.read_text() == text


def test_stopping_ends_the_thread_and_frees_the_port() -> None:
    before = set(threading.enumerate())
    sandbox = StripeSandbox()
    sandbox.start()
    port = urlsplit(sandbox.url).port
    # An idle keep-alive connection must not hold the server up.
    idle = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    idle.request("GET", "/b/test_none")
    idle.getresponse().read()
    with pytest.raises(RuntimeError, match="already running"):
        sandbox.start()
    sandbox.stop()
    sandbox.stop()
    idle.close()
    assert set(threading.enumerate()) == before
    again = StripeSandbox(port=port or 0)
    again.start()
    again.stop()


def test_a_port_in_use_is_told(sandbox: StripeSandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        StripeSandbox(port=urlsplit(sandbox.url).port or 0).start()


def test_many_threads_pay_at_once_without_losing_anything(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    links = [make_link(1_000 + number).url for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sessions = set(pool.map(sandbox.pay, links))
    found = [client.v1.checkout.sessions.retrieve(one) for one in sessions]
    assert len(sessions) == 8
    assert {session.payment_status for session in found} == {"paid"}


def test_a_double_click_pays_once(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    requests.get(make_link().url, timeout=10)
    address = sandbox.state()["sessions"][0]["url"]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: submit(address).status_code, range(4)))
    assert sorted(replies) == [200, 200, 200, 303]
    assert len(sandbox.state()["charges"]) == 1
