"""Precision and compilation for the device at hand, decided in one place and printed in every run."""

import dataclasses
import pathlib

import keras

POLICIES = ("float32", "mixed_bfloat16")


@dataclasses.dataclass(frozen=True)
class Precision:
    """`policy` is Keras's dtype policy, `jit` whether to compile with XLA, `reason` why, for the record."""

    policy: str
    jit: bool
    reason: str


def has_accelerator() -> bool:
    """Say whether the backend sees a GPU or TPU."""
    return bool(accelerators())


def accelerators() -> list[str]:
    """Return the GPUs and TPUs that the backend sees, by name."""
    return keras.distribution.list_devices("gpu") + keras.distribution.list_devices("tpu")


def choose(asked: str | None = None, cpuinfo: pathlib.Path = pathlib.Path("/proc/cpuinfo")) -> Precision:
    """Choose for this machine; `asked` overrides the policy.

    bfloat16 is 2 to 5 times slower than float32 on a CPU without AMX or AVX512-BF16, so it must be seen to be there.
    XLA halves the speed on a CPU; the JAX backend always compiles.
    """
    accelerator = has_accelerator()
    jit = accelerator or keras.backend.backend() == "jax"
    if asked:
        return Precision(asked, jit, "as asked")
    if accelerator:
        return Precision("mixed_bfloat16", jit, "accelerator")
    flags = cpuinfo.read_text().split() if cpuinfo.exists() else []
    if keras.backend.backend() == "tensorflow" and "amx_bf16" in flags:
        return Precision("mixed_bfloat16", jit, "CPU with AMX")
    return Precision("float32", jit, "CPU without AMX")
