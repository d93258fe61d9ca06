"""Reading a mail server's replies within bounds: smtplib alone waits and collects for ever."""

import smtplib
import socket
import time

# A greeting or a list of extensions has some dozens of lines of at most 512 bytes (RFC 5321).
LARGEST_REPLY = 64 * 1024


class _ReplyReader:
    """The lines of one connection, in place of smtplib's file over the socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._patience_s = sock.gettimeout()
        self._pending = b""
        self._left = 0
        self._deadline = 0.0

    def begin(self) -> None:
        """A new reply: it may take the time-out as a whole, not for each of its bytes."""
        self._left = LARGEST_REPLY
        self._deadline = time.monotonic() + (self._patience_s or 0.0)

    def readline(self, most: int) -> bytes:
        """One line with its end, less at the connection's end or after ``most`` bytes.

        Raises ``TimeoutError`` for a reply that takes too long, ``OSError`` for an endless one.
        """
        while b"\n" not in self._pending and len(self._pending) < most:
            data = self._received()
            if not data:
                break
            self._pending += data
        end = self._pending.find(b"\n") + 1 or len(self._pending)
        line, self._pending = self._pending[: min(end, most)], self._pending[min(end, most) :]
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the reply is endless")
        return line

    def close(self) -> None:
        """Nothing of its own to close; smtplib closes the socket."""

    def _received(self) -> bytes:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the reply took too long")
        self._sock.settimeout(left_s)
        try:
            return self._sock.recv(8192)
        finally:
            self._sock.settimeout(self._patience_s)


class BoundedSmtp(smtplib.SMTP):
    """``smtplib.SMTP`` whose replies are bounded in time and size."""

    def getreply(self) -> tuple[int, bytes]:
        # smtplib drops the file when the encryption begins, and with it what came before.
        if self.file is None and self.sock is not None:
            self.file = _ReplyReader(self.sock)
        if isinstance(self.file, _ReplyReader):
            self.file.begin()
        return super().getreply()


class BoundedSmtpOverTls(BoundedSmtp, smtplib.SMTP_SSL):
    """``smtplib.SMTP_SSL`` whose replies are bounded in time and size."""
