"""A proxy and this system's certificates, on the way to Stripe."""

import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import stripe
import trustme
from scripted_server import ScriptedServer, answering, read_request

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.network_way import NetworkWay, check_way
from billdesk.core.gateways.network import BUNDLE, FILE, merged_bundle, read_way, write_way
from billdesk.core.gateways.stripe.errors import StripeUnreachable
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.core.gateways.stripe.transport import OWN_CERTIFICATES

KEY = "rk_test_" + "a" * 24


@pytest.fixture(autouse=True)
def _own_certificates_again():
    yield
    stripe.ca_bundle_path = str(OWN_CERTIFICATES)


def test_the_way_is_kept_in_a_file_and_leaves_none_when_it_is_the_usual(tmp_path: Path) -> None:
    assert read_way(tmp_path) == NetworkWay()
    way = NetworkWay("http://proxy.office.example:3128", system_certificates=True)
    write_way(tmp_path, way)
    assert read_way(tmp_path) == way
    write_way(tmp_path, NetworkWay())
    assert not (tmp_path / FILE).exists()
    (tmp_path / FILE).write_text("no way")
    with pytest.raises(UserError, match="cannot be understood"):
        read_way(tmp_path)


@pytest.mark.parametrize(
    "proxy", ["proxy", "http://proxy", "ftp://proxy:1", "http://proxy:1/x", "http://a:b@proxy:1"]
)
def test_a_proxy_is_an_address_with_a_port_and_no_password(proxy: str) -> None:
    with pytest.raises(UserError) as refusal:
        check_way(NetworkWay(proxy))
    assert refusal.value.field == "proxy"
    assert check_way(NetworkWay(" http://proxy:3128 ")).proxy == "http://proxy:3128"


def test_stripe_is_reached_through_the_proxy(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def refuse(connection):
        asked.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        connection.close()

    with ScriptedServer([refuse]) as server:
        write_way(tmp_path, NetworkWay(server.url))
        gateway = SdkStripeGateway(KEY, folder=tmp_path)
        with pytest.raises(StripeUnreachable) as caught:
            gateway.server_time()
        gateway.close()
    assert caught.value.code == "proxy"
    assert asked[0].startswith(b"CONNECT api.stripe.com:443 ")
    assert b"rk_test" not in b"".join(asked)


def test_what_the_system_trusts_is_trusted_where_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "system.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    serve = answering(200, '{"object": "list", "data": [], "has_more": false}')

    def encrypted(connection):
        with tls.wrap_socket(connection, server_side=True) as secure:
            serve(secure)

    with ScriptedServer([encrypted]) as server:
        address = server.url.replace("http:", "https:")
        stranger = SdkStripeGateway(KEY, base_url=address, folder=tmp_path)
        with pytest.raises(StripeUnreachable) as caught:
            stranger.server_time()
        assert caught.value.code == "tls"
        assert "Settings, Online payment" in str(caught.value)
        write_way(tmp_path, NetworkWay(system_certificates=True))
        known = SdkStripeGateway(KEY, base_url=address, folder=tmp_path)
        assert known.server_time() is not None
        stranger.close()
        known.close()
    bundle = (tmp_path / BUNDLE).read_text()
    assert OWN_CERTIFICATES.read_text() in bundle


def test_passwords_kept_for_other_programs_do_not_replace_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    asked: list[bytes] = []
    body = '{"object": "list", "data": [], "has_more": false}'
    with ScriptedServer([answering(200, body, requests=asked)]) as server:
        gateway = SdkStripeGateway(KEY, base_url=server.url)
        assert gateway.server_time() is not None
        gateway.close()
    head = asked[0].split(b"\r\n")
    assert [one for one in head if one.lower().startswith(b"authorization:")] == [
        f"Authorization: Bearer {KEY}".encode()
    ]


def test_the_proxy_of_the_system_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def refuse(connection):
        asked.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        connection.close()

    with ScriptedServer([refuse]) as server:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, server.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        gateway = SdkStripeGateway(KEY, folder=tmp_path)
        with pytest.raises(StripeUnreachable):
            gateway.server_time()
        gateway.close()
    assert asked[0].startswith(b"CONNECT api.stripe.com:443 ")


def test_two_programs_write_the_same_file_without_meeting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.pem"
    own.write_text("own")
    replace, parts = Path.replace, []

    def replace_late(part: Path, file: Path) -> Path:
        parts.append(part)
        if len(parts) == 1:
            # Another BillDesk does the same just now.
            write_way(tmp_path, NetworkWay("http://proxy:1"))
            merged_bundle(tmp_path, own)
        return replace(part, file)

    monkeypatch.setattr(Path, "replace", replace_late)
    write_way(tmp_path, NetworkWay("http://proxy:3128"))
    assert read_way(tmp_path).proxy == "http://proxy:3128"
    parts.clear()
    assert merged_bundle(tmp_path, own).read_text().startswith("own")
    assert len(set(parts)) == 3
    assert sorted(one.name for one in tmp_path.iterdir()) == [BUNDLE, FILE, "own.pem"]


def test_what_could_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write_way(tmp_path, NetworkWay("http://proxy:3128"))
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_keychains_that_do_not_answer_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(command: list[str], *, timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", never)
    with pytest.raises(UserError, match="keychains"):
        merged_bundle(tmp_path, OWN_CERTIFICATES)
    assert not list(tmp_path.iterdir())
