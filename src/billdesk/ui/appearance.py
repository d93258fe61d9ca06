"""How the window looks on this computer: stored with the device, not with the books."""

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from billdesk.ui.theme import Theme, ThemeMode

THEME_KEY = "appearance/theme"
STILL_KEY = "appearance/reduced_motion"
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
_BLINK_MS = 1000


def stored_mode(settings: QSettings) -> ThemeMode:
    """The theme chosen on this computer; the system's where nothing was chosen."""
    stored = str(settings.value(THEME_KEY, ThemeMode.SYSTEM.value))
    return ThemeMode(stored) if stored in set(ThemeMode) else ThemeMode.SYSTEM


def stored_stillness(settings: QSettings) -> bool:
    """Whether movement is unwelcome on this computer."""
    return str(settings.value(STILL_KEY, "false")).lower() == "true"


def choose_mode(settings: QSettings, theme: Theme, mode: ThemeMode) -> None:
    """Switch the theme now and at every start."""
    settings.setValue(THEME_KEY, mode.value)
    theme.set_mode(mode)


def choose_stillness(settings: QSettings, still: bool) -> None:
    """Stop (or allow) what moves by itself, now and at every start."""
    settings.setValue(STILL_KEY, "true" if still else "false")
    apply_stillness(still)


def apply_stillness(still: bool) -> None:
    """Menus, lists and tips appear without animation, and the text cursor does not blink."""
    for effect in _EFFECTS:
        QApplication.setEffectEnabled(effect, not still)
    QApplication.styleHints().setCursorFlashTime(0 if still else _BLINK_MS)
