"""``python -m billdesk.sandbox`` as its own process."""

import json
import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from billdesk.sandbox.__main__ import main


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send SIGTERM to a child")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_ends_on_a_signal(tmp_path: Path, end: signal.Signals) -> None:
    command = [sys.executable, "-W", "error", "-m", "billdesk.sandbox", "--port", "0"]
    command += ["--mail-port", "0", "--mail-dir", str(tmp_path / "mail")]
    command += ["--state-file", str(tmp_path / "practice.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        where = json.loads(process.stdout.readline())
        key = {"Authorization": f"Bearer {where['api_key']}"}
        assert requests.get(f"{where['url']}/v1/balance", headers=key, timeout=10).ok
        assert "Practice Stripe of" in requests.get(where["dashboard"], timeout=10).text
        control = {"X-Sandbox-Token": where["control_token"]}
        assert requests.get(f"{where['url']}/_sim/state", headers=control, timeout=10).ok
        with smtplib.SMTP(where["mail"]["host"], where["mail"]["port"], timeout=10) as client:
            client.sendmail("a@example.com", ["b@example.com"], "Subject: Hello\r\n\r\nHi\r\n")
        process.send_signal(end)
        assert process.wait(10) == 0
        assert process.stderr.read() == b""
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert (tmp_path / "practice.json").exists()


def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "billdesk.sandbox", "--mail-port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The sandbox could not start: ")
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--port", "70000"])
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err
