"""``python -m billdesk.sandbox``: the practice Stripe and mail catcher by themselves."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from billdesk.sandbox.mail import MailCatcher
from billdesk.sandbox.server import StripeSandbox


def _port(typed: str) -> int:
    port = int(typed)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Prints one line of JSON that says where to connect."""
    parser = argparse.ArgumentParser(
        prog="billdesk sandbox",
        description="Run a practice Stripe and a mail catcher on this computer only.",
        epilog="The first line printed is JSON with url, dashboard, api_key, control_token, mail.",
    )
    parser.add_argument("--port", type=_port, default=0, help="Stripe's port; 0 takes a free one")
    parser.add_argument("--mail-port", type=_port, default=0, help="mail port; 0 takes a free one")
    parser.add_argument("--merchant", default="Practice company", help="name on the pay page")
    parser.add_argument("--state-file", type=Path, help="keep payment links across restarts here")
    parser.add_argument("--mail-dir", type=Path, help="also write caught mail here as .eml files")
    options = parser.parse_args(argv)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        with (
            StripeSandbox(
                port=options.port, merchant=options.merchant, state_file=options.state_file
            ) as stripe,
            MailCatcher(port=options.mail_port, folder=options.mail_dir) as mail,
        ):
            where = {
                "url": stripe.url,
                "api_key": stripe.api_key,
                "dashboard": stripe.dashboard_url,
                "control_token": stripe.control_token,
                "mail": {"host": mail.host, "port": mail.port},
            }
            sys.stdout.write(json.dumps(where) + "\n")
            sys.stdout.flush()
            ended.wait()
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"The sandbox could not start: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
