"""Looks at Stripe are rarer while the window is minimised."""

import pytest
from pytestqt.qtbot import QtBot

from billdesk.core.domain.outside_services.pacing import Attention
from billdesk.core.sync.runner import SyncRunner
from billdesk.ui.attention import WindowAttention
from billdesk.ui.desk import Desk


def test_a_minimised_window_is_the_background(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Attention] = []
    monkeypatch.setattr(SyncRunner, "attend", lambda self, attention: told.append(attention))
    desk.window.show()
    WindowAttention(desk)
    desk.window.showMinimized()
    qtbot.waitUntil(lambda: told[-1] is Attention.BACKGROUND)
    desk.window.showNormal()
    qtbot.waitUntil(lambda: told[-1] is Attention.ACTIVE)
    assert told[0] is Attention.ACTIVE
