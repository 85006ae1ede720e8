"""What a run ran on: versions, device, commit; read once at its start and kept in its record."""

import importlib.metadata
import os
import pathlib
import platform
import subprocess
from collections.abc import Iterable

PACKAGES = (
    "tensorflow",
    "keras",
    "jax",
    "numpy",
    "scikit-learn",
    "scipy",
    "tensorflow-datasets",
    "matplotlib",
    "seaborn",
)


def describe(policy: str, jit: bool, reason: str) -> dict:
    """Return {"device", "backend", "precision", "versions", "commit", "dirty", "cpu_count", ...} of this process."""
    import keras

    commit, dirty = commit_state()
    return {
        "device": device_name(),
        "backend": keras.backend.backend(),
        "precision": f"{policy}{', XLA' if jit else ''} ({reason})",
        "versions": {"python": platform.python_version()} | versions(),
        "commit": commit,
        "dirty": dirty,
        "cpu_count": _usable_cores(),
    }


def _usable_cores() -> int:
    """Return how many cores this process may use, which may be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Return {package: its installed version}; absent ones are left out."""
    found = {}
    for name in packages:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def device_name() -> str:
    """Return the accelerators that Keras sees, or the processor's name."""
    from fer_keras.training.precision import accelerator_names

    if names := accelerator_names():
        return ", ".join(names)
    return processor_name()


def processor_name() -> str:
    """Return "CPU: " and the processor's name."""
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return f"CPU: {line.split(':', 1)[1].strip()}"
    return f"CPU: {platform.processor() or platform.machine()}"


def provenance() -> dict:
    """Return {"commit", "dirty", "versions", "processor"}: what computes here, without loading a network's libraries."""
    commit, dirty = commit_state()
    needed = ("numpy", "scipy", "scikit-learn", "matplotlib")
    found = {name: version for name, version in versions().items() if name in needed}
    made = {"python": platform.python_version()} | found
    return {"commit": commit, "dirty": dirty, "versions": made, "processor": processor_name()}


def commit_state() -> tuple[str, bool]:
    """Return the project's git commit and whether tracked files differ from it; ("unknown", True) outside a checkout."""
    top = pathlib.Path(__file__).resolve().parent.parent
    try:
        commit = _git(top, "rev-parse", "HEAD")
        return commit, bool(_git(top, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return "unknown", True


def _git(folder, *words):
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def _lines(path):
    try:
        return pathlib.Path(path).read_text().splitlines()
    except OSError:
        return []
