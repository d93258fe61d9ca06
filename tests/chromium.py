"""A headless Chromium driven over its debugging pipe: no driver program, no dependency."""

import base64
import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--password-store=basic",
    "--remote-debugging-pipe",
)
# Chromium talks on file descriptors 3 and 4; this puts the pipe's ends there and becomes it.
_LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_TIMEOUT_S = 30.0


def find_chromium() -> str | None:
    """The browser's path, from BILLDESK_CHROMIUM or the usual names; None without one."""
    named = os.environ.get("BILLDESK_CHROMIUM")
    if named:
        return named
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Chromium:
    """One browser and its tabs, one in front. Typing and clicking are real input events."""

    def __init__(self, program: str, profile: Path) -> None:
        self._program = program
        self._profile = profile
        self._buffer = b""
        self._last_id = 0
        self._events: list[dict[str, Any]] = []
        self._session: str | None = None

    def __enter__(self) -> Self:
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        command = [sys.executable, "-c", _LAUNCH, str(their_in), str(their_out), self._program]
        command += [*_OPTIONS, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            command,
            pass_fds=(their_in, their_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._in, selectors.EVENT_READ)
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self._attach(page["targetId"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session = None
        # It may be gone already; then there is nothing left to ask.
        with contextlib.suppress(OSError, TimeoutError):
            self._call("Browser.close")
        self._selector.close()
        os.close(self._out)
        os.close(self._in)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def new_tab(self) -> str:
        """Open an empty tab and go there; what ``go_to`` takes."""
        session = self._session
        self._session = None
        try:
            made = self._call("Target.createTarget", url="about:blank")
        finally:
            self._session = session
        return self._attach(made["targetId"])

    @property
    def tab(self) -> str:
        """The tab in front."""
        if self._session is None:
            raise RuntimeError("the browser has not started")
        return self._session

    def go_to(self, tab: str) -> None:
        """Put a tab in front."""
        self._session = tab
        self._call("Page.bringToFront")

    def resize(self, width: int, height: int) -> None:
        """The page's size in CSS pixels."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, url: str) -> None:
        """Go to an address and wait until the page has loaded."""
        self._events.clear()
        self._call("Page.navigate", url=url)
        self._wait_for("Page.loadEventFired")

    def type(self, selector: str, text: str) -> None:
        """Click into a field, replace what it holds, type."""
        self.click(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).select()")
        self._call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """A real mouse click in the middle of the element, scrolled into view."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.evaluate(f"{found}.scrollIntoView({{block: 'center'}})")
        edges = self.evaluate(f"{found}.getBoundingClientRect().toJSON()")
        x, y = edges["x"] + edges["width"] / 2, edges["y"] + edges["height"] / 2
        for kind in ("mousePressed", "mouseReleased"):
            self._call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                clickCount=1,
            )

    def submit(self, selector: str = "button[type=submit]") -> None:
        """Click a button that loads another page, and wait for that page."""
        self._events.clear()
        self.click(selector)
        self._wait_for("Page.loadEventFired")

    def evaluate(self, script: str) -> Any:
        """The value of a script on the page. Raises RuntimeError when it throws."""
        reply = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in reply:
            raise RuntimeError(reply["exceptionDetails"]["exception"]["description"])
        return reply["result"].get("value")

    def text(self) -> str:
        """What a reader sees on the page."""
        return str(self.evaluate("document.body.innerText"))

    def screenshot(self, path: Path) -> None:
        """Write what the window shows as a PNG."""
        reply = self._call("Page.captureScreenshot")
        path.write_bytes(base64.b64decode(reply["data"]))

    def requested(self) -> list[str]:
        """The addresses asked for since the last page was opened."""
        return [
            event["params"]["request"]["url"]
            for event in self._events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def _attach(self, target: str) -> str:
        self._session = None
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = str(attached["sessionId"])
        self._call("Page.enable")
        self._call("Network.enable")
        return self._session

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + _TIMEOUT_S
        while True:
            reply = self._receive(deadline)
            if reply.get("id") == self._last_id:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']['message']}")
                result: dict[str, Any] = reply["result"]
                return result
            if "method" in reply:
                self._events.append(reply)

    def _wait_for(self, method: str) -> None:
        deadline = time.monotonic() + _TIMEOUT_S
        while not any(event["method"] == method for event in self._events):
            message = self._receive(deadline)
            if "method" in message:
                self._events.append(message)

    def _receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError("Chromium did not answer in time")
            received = os.read(self._in, 1 << 20)
            if not received:
                raise OSError("Chromium ended")
            self._buffer += received
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed
