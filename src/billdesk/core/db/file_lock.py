"""A lock on a file that the end of the process lets go, however it ends."""

import os
import sys

# Far behind any text, because Windows lets nobody read what is locked.
_LOCKED_AT = 1 << 30

if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Take the lock; ``False`` when somebody has it."""
        os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Take the lock; ``False`` when somebody has it."""
        # flock, not lockf: it belongs to this opening of the file, so two books in one process
        # see each other and closing one does not let the other go.
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
