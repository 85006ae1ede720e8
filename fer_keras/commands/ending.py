"""How every command ends: an error is one line and exit code 2, whatever the disk or the user do to it."""

import contextlib
import errno
import os
import signal
import sys

from fer_keras.io.errors import UserError


def run_command(action, stopped: str = "Stopped. The same command goes on from the last checkpoint.") -> int:
    """Call `action`; print a UserError in one line and return 2, return its own code (or 0) otherwise.

    `stopped` is what Ctrl-C and SIGTERM answer. A full disk, whoever finds it, is one line as well.
    """
    with contextlib.suppress(ValueError):  # not the main thread, which alone has signals
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return action() or 0
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(stopped, file=sys.stderr)
        return 130
    except Exception as error:
        if not _is_full_disk(error):
            raise
        print(f"error: Cannot write: {error}. Free space, then give the same command again.", file=sys.stderr)
        return 2


def _is_full_disk(error: Exception) -> bool:
    """Say whether `error` is a disk's, a quota's or a file size's limit; TensorFlow only has the system's words for it."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or os.strerror(errno.ENOSPC) in str(error)
