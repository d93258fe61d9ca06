"""Keeps PySide6 6.12 from ending a Python 3.11 process.

In PySide6 6.12 ``SignalInstance.emit`` returns True, and ``QThreadPool.start(callable)`` None,
without taking a reference to it (measured: 100 emissions lower ``sys.getrefcount(True)`` by
100). From Python 3.12 on these objects are immortal and nothing happens. On 3.11 the count
reaches zero after a few hundred signals and the interpreter aborts with "bool_dealloc:
deallocating True or False". Remove this module when 3.11 is no longer supported.
"""

import ctypes
import sys

# Far more than a session can lose, far less than the counter can hold.
_SPARE_REFERENCES = 1 << 48


def protect_singletons() -> None:
    """Give True, False and None so many references that losing some does not matter.

    The reference count is the first word of an object in a release build of CPython, the only
    interpreter that PySide6 supports. Calling this more than once is harmless.
    """
    if sys.version_info >= (3, 12) or hasattr(sys, "gettotalrefcount"):
        return
    for singleton in (True, False, None):
        if sys.getrefcount(singleton) < _SPARE_REFERENCES:
            ctypes.c_ssize_t.from_address(id(singleton)).value += _SPARE_REFERENCES
