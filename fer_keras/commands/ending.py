"""How every command ends: an error is one line and exit code 2, whatever the disk, the console or the user do to it."""

import contextlib
import errno
import functools
import os
import signal
import sys
from collections.abc import Callable

from fer_keras import runtime
from fer_keras.io.errors import UserError, expected
from fer_keras.io.extras import EXTRAS, not_installed

CLOSED_PIPE = 141
"""What a shell says of a program that SIGPIPE has ended: 128 + 13."""


def entry_point(main: Callable[..., int]) -> Callable[..., int]:
    """Return `main` as the console bears it: a character that it lacks is escaped, a pipe that was closed ends it quietly.

    `program | head -1` closes the pipe. That may show only when what is buffered is written out, argparse's help, too.
    """

    @functools.wraps(main)
    def run(*arguments, **named) -> int:
        runtime.escape_what_the_console_cannot_show()
        runtime.spare_keras_besides()
        try:
            try:
                return main(*arguments, **named)
            finally:
                if sys.stdout:
                    sys.stdout.flush()
        except OSError as error:
            if not isinstance(error, BrokenPipeError) and not _is_full_disk(error):
                raise
            _send_the_rest_nowhere()
            return CLOSED_PIPE if isinstance(error, BrokenPipeError) else _say_that_a_disk_is_full(error)
        except ModuleNotFoundError as error:
            if error.name not in EXTRAS:
                raise
            print(f"error: {not_installed(error.name)}", file=sys.stderr)
            return 2

    return run


def _send_the_rest_nowhere() -> None:
    """Let go of what is left in the buffers, or Python would complain when it writes it out at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def run_command(action, stopped: str = "Stopped. The same command resumes the run from its last checkpoint.") -> int:
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
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            print(f"error: {expected('names that the file system takes', error.filename)}", file=sys.stderr)
            return 2
        if not _is_full_disk(error):
            raise
        return _say_that_a_disk_is_full(error)


def _say_that_a_disk_is_full(error: Exception) -> int:
    print(f"error: Cannot write: {error}. Free space, then give the same command again.", file=sys.stderr)
    return 2


def _is_full_disk(error: Exception) -> bool:
    """Say whether `error` is a disk's, a quota's or a file size's limit; TensorFlow only has the system's words for it."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or os.strerror(errno.ENOSPC) in str(error)
