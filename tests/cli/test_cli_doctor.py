"""``billdesk doctor``: each check, and the report as a whole."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_support import COMPANY, billdesk

from billdesk.bootstrap import Paths, backup_service
from billdesk.cli.checks.backups import check_backups
from billdesk.cli.checks.finding import Level
from billdesk.cli.checks.health import check_health
from billdesk.cli.checks.machine import check_clock, check_place
from billdesk.cli.checks.outside import StripeCheck, check_mail
from billdesk.core.db.programs import enter
from billdesk.core.domain.outside_services.policy import Service, Standing
from billdesk.core.domain.settings import MailSecurity, MailSettings, OnlinePayment
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.core.queries.health import EventHealth, Health, ServiceHealth
from billdesk.core.services.stripe.connection import StripeConnector
from billdesk.sandbox import MailCatcher, StripeSandbox

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEVELS = {"ok", "warn", "bad"}


def _report(stdout: str) -> dict[str, list[dict[str, Any]]]:
    """The findings by area, their form checked."""
    report = json.loads(stdout)
    assert sorted(report) == ["findings", "healthy"]
    areas: dict[str, list[dict[str, Any]]] = {}
    for finding in report["findings"]:
        assert sorted(finding) == ["area", "facts", "level", "sentence"]
        assert finding["level"] in LEVELS
        assert finding["sentence"]
        areas.setdefault(finding["area"], []).append(finding)
    bad = [one for one in report["findings"] if one["level"] == "bad"]
    assert report["healthy"] is (not bad)
    return areas


def test_a_fresh_folder_is_healthy_and_stays_empty(tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    ended = billdesk(tmp_path, "--data-dir", folder, "doctor", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    areas = _report(ended.stdout)
    assert {"database", "keychain", "disk", "clock", "log", "window"} <= set(areas)
    assert "no books yet" in areas["database"][0]["sentence"]
    assert areas["keychain"][0]["facts"] == {"kind": "memory"}
    assert not folder.exists()


def test_books_in_order(books: Path, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "doctor", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    areas = _report(ended.stdout)
    assert areas["database"][0]["facts"]["integrity"] == "ok"
    assert areas["database"][0]["facts"]["size_bytes"] > 0
    assert areas["archive"][0]["facts"]["integrity"] == "ok"
    assert areas["migrations"][0]["facts"]["state"] == "current"
    assert areas["guards"][0]["level"] == "ok"
    assert areas["companies"][0]["facts"] == {"names": [COMPANY]}
    assert areas["stripe"][0]["facts"]["connected"] is False
    assert areas["mail"][0]["facts"] == {"configured": False}


def test_a_guard_that_is_gone_is_told_and_not_put_back(books: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(books / "books.db")) as connection:
        connection.execute("DROP TRIGGER guard_posting_update")
    for _ in range(2):
        ended = billdesk(tmp_path, "--data-dir", books, "doctor", "--json")
        assert ended.returncode == 1
        (guards,) = _report(ended.stdout)["guards"]
        assert guards["level"] == "bad"
        assert guards["facts"] == {"faults": ["guard_posting_update: it is missing"]}


def test_books_that_cannot_be_used_do_not_stop_the_other_checks(
    books: Path, tmp_path: Path
) -> None:
    (books / "books.db").write_bytes(b"these are no books " * 100)
    (tmp_path / "file").write_text("")
    ended = billdesk(tmp_path, "--log-dir", tmp_path / "file", "--data-dir", books, "doctor")
    assert (ended.returncode, ended.stderr) == (1, "")
    lines = ended.stdout.splitlines()
    assert any(line.startswith("bad   database    “") for line in lines)
    assert any(line.startswith("warn  log ") and "--log-dir" in line for line in lines)
    assert any(line.startswith("ok    disk ") for line in lines)


def _stripe_findings(
    sandbox: StripeSandbox, secrets: MemorySecretStore, now: datetime, *, livemode: bool = False
) -> list[tuple[str, Level, str, Any]]:
    def open_gateway(key: str, guard: object) -> SdkStripeGateway:
        return SdkStripeGateway(key, base_url=sandbox.url, timeout_s=(2.0, 2.0))

    check = StripeCheck(secrets, open_gateway, lambda: now)
    online = OnlinePayment(enabled=True, account="acct", livemode=livemode)
    return [
        (one.area, one.level, one.sentence, one.facts) for one in check.run("Acme", "uid", online)
    ]


def test_stripe_is_asked_with_the_key_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    secrets = MemorySecretStore("for a test")
    with StripeSandbox() as sandbox:
        ((_, level, sentence, _),) = _stripe_findings(sandbox, secrets, datetime.now(UTC))
        assert level is Level.WARN
        assert "has no Stripe key" in sentence
        connector = StripeConnector(
            secrets, lambda key, guard: SdkStripeGateway(key), lambda: "acct"
        )
        connector.keep("uid", sandbox.api_key, livemode=False, account="acct")
        stripe, clock = _stripe_findings(sandbox, secrets, datetime.now(UTC))
        assert stripe[1] is clock[1] is Level.OK
        assert sandbox.api_key not in f"{stripe}"
        assert sandbox.api_key[-4:] in stripe[2]
        _, clock = _stripe_findings(sandbox, secrets, datetime.now(UTC) + timedelta(hours=1))
        assert clock[1] is Level.BAD
        assert "ahead of Stripe's" in clock[2]
        ((_, level, sentence, _),) = _stripe_findings(
            sandbox, secrets, datetime.now(UTC), livemode=True
        )
        assert (level, "has no Stripe key" in sentence) == (Level.WARN, True)
    ((_, level, _, facts),) = _stripe_findings(sandbox, secrets, datetime.now(UTC))
    assert level is Level.BAD
    assert facts["reachable"] is False


def test_the_mail_server_is_asked_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_mail("Acme", MailSettings(), network=True).level is Level.OK
    with MailCatcher() as server:
        settings = MailSettings(
            host=server.host,
            port=server.port,
            security=MailSecurity.NONE,
            from_address="a@example.com",
        )
        assert check_mail("Acme", settings, network=True).facts["reachable"] is True
        encrypted = MailSettings(host=server.host, port=server.port, from_address="a@example.com")
        refused = check_mail("Acme", encrypted, network=True)
        assert refused.level is Level.BAD
        assert "no encryption (STARTTLS)" in refused.sentence
    assert check_mail("Acme", settings, network=True).level is Level.BAD
    assert check_mail("Acme", settings, network=False).level is Level.OK
    far = MailSettings(
        host="mail.example", security=MailSecurity.NONE, from_address="a@example.com"
    )
    assert check_mail("Acme", far, network=False).level is Level.BAD


def test_a_clock_that_cannot_be_right() -> None:
    assert check_clock(NOW, None).level is Level.OK
    assert check_clock(NOW, NOW - timedelta(days=1)).level is Level.OK
    behind = check_clock(NOW, NOW + timedelta(days=1))
    assert behind.level is Level.BAD
    assert "before the newest entry" in behind.sentence
    assert check_clock(datetime(1970, 1, 1, tzinfo=UTC), None).level is Level.BAD


def test_a_folder_that_a_cloud_program_copies(tmp_path: Path) -> None:
    folder = tmp_path / "OneDrive - Acme Ltd" / "books"
    folder.mkdir(parents=True)
    (finding,) = check_place(folder)
    assert finding.level is Level.WARN
    assert "keep the backups there instead" in finding.sentence


def test_other_programs_are_named(tmp_path: Path) -> None:
    assert list(check_place(tmp_path)) == []
    window = enter(tmp_path, "window")
    (finding,) = check_place(tmp_path)
    window.close()
    assert "BillDesk's window has these books open" in finding.sentence


def test_backups_that_are_missing_or_old_are_told(books: Path) -> None:
    (finding,) = check_backups(Paths(books), NOW)
    assert (finding.level, finding.area) == (Level.WARN, "backups")
    assert "billdesk backup" in finding.sentence
    backup_service(Paths(books), MemorySecretStore("test"), now=lambda: NOW).make()
    (finding,) = check_backups(Paths(books), NOW + timedelta(days=2))
    assert finding.level is Level.OK
    (finding,) = check_backups(Paths(books), NOW + timedelta(days=20))
    assert finding.level is Level.WARN


def test_health_says_what_failed_and_what_waits() -> None:
    stripe = ServiceHealth(
        Service.STRIPE,
        livemode=False,
        standing=Standing.TROUBLED,
        error="Stripe did not answer.",
        failed_at=datetime(2026, 11, 27, tzinfo=UTC),
        answered_at=None,
        retry_at=None,
        reads_left=900,
        calls=40,
        failed=2,
        declined=9,
        mean_ms=180,
        p95_ms=300,
    )
    events = EventHealth(10, 10, 0, None, 20.0, 60.0, 1.0, 2.0)
    health = Health(datetime(2026, 11, 26, tzinfo=UTC), (stripe,), events, 3, 1, 4, None)
    finding = check_health("Acme", health)
    assert (finding.level, finding.facts["failure_percent"]) == (Level.OK, 4.0)
    assert "50 calls and events in a day, 4.0 % failed, 4 jobs waiting" in finding.sentence
    worse = replace(health, services=(replace(stripe, failed=3),))
    finding = check_health("Acme", worse)
    assert finding.level is Level.WARN
    assert finding.sentence.endswith("the last failure: Stripe did not answer.")
    few = replace(
        health, services=(replace(stripe, calls=9, failed=9),), events=replace(events, applied=0)
    )
    assert check_health("Acme", few).level is Level.OK, "too few to judge"
    rejected = replace(health, services=(replace(stripe, standing=Standing.STOPPED),))
    assert check_health("Acme", rejected).sentence == "Acme: Stripe did not answer."
    assert json.loads(json.dumps(dict(finding.facts)))["services"][0]["standing"] == "troubled"
