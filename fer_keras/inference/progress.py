"""How far a long prediction has come: a bar on a terminal, now and then a line elsewhere. On standard error."""

import sys
import time

from fer_keras.io.text import counted, spell

REDRAW_SECONDS, LINE_SECONDS = 0.2, 10.0
WIDTH = 24


class Progress:
    """Counts what is called `unit` ("frame"), `total` of them where that is known."""

    def __init__(self, name: str, unit: str, total: int | None = None):
        self._name, self._unit, self._total = name, unit, total
        self._began = self._said = time.monotonic()
        self._shown, self.done = 0, 0
        self._bar = bool(sys.stderr and sys.stderr.isatty())

    def step(self, done: int = 1) -> None:
        """Count `done` more, and show it if it is time to."""
        self.done += done
        now = time.monotonic()
        if now - self._said < (REDRAW_SECONDS if self._bar else LINE_SECONDS):
            return
        self._said = now
        if not self._bar:
            print(self._line(now), file=sys.stderr, flush=True)
            return
        line = self._line(now)
        print(f"\r{line.ljust(self._shown)}", end="", file=sys.stderr, flush=True)
        self._shown = len(line)

    def hide(self) -> None:
        """Take the bar away, so that a line can be printed."""
        if self._shown:
            print(f"\r{' ' * self._shown}\r", end="", file=sys.stderr, flush=True)
            self._shown = 0

    def end(self) -> None:
        """Say what was done, and how quickly."""
        self.hide()
        seconds = max(time.monotonic() - self._began, 1e-9)
        rate = f"{self.done / seconds:.1f} {self._unit}s/s"
        print(f"{self._name}: {counted(self.done, self._unit)} in {seconds:.1f} s, {rate}", file=sys.stderr)

    def _line(self, now: float) -> str:
        rate = self.done / max(now - self._began, 1e-9)
        count = f"{self.done:,}" + (f" of {self._total:,}" if self._total else "")
        parts = [f"{self._name}: {count} {self._unit}s", f"{rate:.1f} {self._unit}s/s"]
        if self._total and self.done <= self._total:
            parts.append(f"{spell((self._total - self.done) / max(rate, 1e-9))} left")
            full = WIDTH * self.done // self._total
            parts[0] = f"[{'#' * full}{'.' * (WIDTH - full)}] {parts[0]}" if self._bar else parts[0]
        return ", ".join(parts)
