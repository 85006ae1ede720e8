"""How readers are fed with damaged files: mutations, a guard around each input, and a tally that is printed."""

import contextlib
import dataclasses
import random
import resource
import signal
import time

import hypothesis
from hypothesis import strategies as st

from fer_keras.io.errors import UserError

GIB = 1 << 30
MOST_MEMORY, MOST_SECONDS, HANGS_AFTER = 2 * GIB, 2.0, 30.0
"""Bytes above what the process had, CPU seconds of one input, and seconds after which an input is taken off."""

KINDS = ("flip", "set", "delete", "repeat", "insert", "overwrite", "cut", "stutter")


def _edits(seed: int) -> list[tuple[str, int, int]]:
    draw = random.Random(seed)
    return [(draw.choice(KINDS), draw.getrandbits(32), draw.getrandbits(32)) for _ in range(draw.randint(1, 4))]


EDITS = st.integers(0, 2**62).map(_edits)
"""What `mutated` does: kind of change, place, and which. One draw an input, for hypothesis takes 0.2 ms for each."""


def settings(inputs: int):
    """Return the decorator for `inputs` inputs, the same ones every time."""
    return hypothesis.settings(
        max_examples=inputs,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=hypothesis.HealthCheck,
    )


def mutated(content: bytes, edits, tokens: tuple[bytes, ...] = (b"\0", b"\xff\xff\xff\xff")) -> bytes:
    """Return `content` after `edits`: bits flipped, slices cut out or doubled, `tokens` put in, the end cut off."""
    for kind, at, what in edits:
        at = at % (len(content) + 1)
        head, tail, token = content[:at], content[at:], tokens[what % len(tokens)]
        match kind:
            case "flip":
                content = head + bytes([tail[0] ^ 1 << what % 8]) + tail[1:] if tail else head
            case "set":
                content = head + bytes([what % 256]) + tail[1:]
            case "delete":
                content = head + tail[1 + what % 64 :]
            case "repeat":
                content = head + tail[: 1 + what % 256] * 3 + tail
            case "insert":
                content = head + token + tail
            case "overwrite":
                content = head + token + tail[len(token) :]
            case "cut":
                content = head
            case "stutter":
                content = head + token * (1 + what % 5000) + tail
    return content


class Hang(BaseException):
    """No Exception, so that no reader takes it for a damaged file's."""


@dataclasses.dataclass
class Tally:
    """Counts of one reader's inputs: those it read, those it refused in one line; and the slowest one's CPU seconds."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0

    def attempt(self, action) -> bool:
        """Call `action`; say whether it went through. Anything but a UserError of one line is passed on."""
        began = time.thread_time()
        signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
        try:
            action()
            self.read += 1
            return True
        except UserError as error:
            assert "\n" not in str(error) and len(str(error)) < 2000, error
            self.refused += 1
            return False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.slowest = max(self.slowest, time.thread_time() - began)


@contextlib.contextmanager
def tally(what: str, capsys):
    """Yield a Tally; print it; fail when an input took over 2 s of CPU, or all of them brought the process up by 2 GiB.

    The kernel refuses memory beyond these 2 GiB, so that an attempt to take it is an error even if it were never used.
    """
    found, before = Tally(), _memory("VmRSS")
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGALRM, _hang)
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    resource.setrlimit(resource.RLIMIT_AS, (_memory("VmSize") + MOST_MEMORY, hard))
    try:
        yield found
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGALRM, handler)
    grown = _memory("VmHWM") - before
    with capsys.disabled():
        print(
            f"\nfuzz {what}: {found.read + found.refused:,} inputs, {found.refused:,} refused in one line, "
            f"{found.read:,} read, slowest {1000 * found.slowest:.0f} ms, memory +{grown / 1e6:.0f} MB",
            end="",
        )
    assert found.slowest < MOST_SECONDS
    assert grown < MOST_MEMORY


def _hang(number, frame):
    raise Hang(f"no answer after {HANGS_AFTER} s")


def _memory(name: str) -> int:
    """Return one of the kernel's figures of this process, in bytes."""
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(name + ":"))
