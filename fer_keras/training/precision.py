"""Precision and compilation for the device at hand, decided in one place and printed in every run."""

import dataclasses
import pathlib

import keras

from fer_keras.models.backbones import BACKBONES

POLICIES = ("float32", "mixed_bfloat16")

BFLOAT16 = {"amx_bf16": "CPU with AMX", "avx512_bf16": "CPU with AVX512-BF16"}
"""What a CPU names the instructions by which bfloat16 is quicker than float32, and what the record calls it."""


@dataclasses.dataclass(frozen=True)
class Precision:
    """`policy` is Keras's dtype policy, `jit` whether to compile with XLA, `reason` why, for the record."""

    policy: str
    jit: bool
    reason: str


def has_accelerator() -> bool:
    """Say whether the backend sees a GPU or TPU."""
    return bool(accelerators())


def accelerator_names() -> list[str]:
    """Return what the makers call the GPUs and TPUs that the backend sees, as far as it tells: "NVIDIA H200"."""
    if keras.backend.backend() == "jax":
        import jax

        return [device.device_kind for device in jax.devices() if device.platform != "cpu"]
    import tensorflow as tf

    details = [tf.config.experimental.get_device_details(gpu) for gpu in tf.config.list_physical_devices("GPU")]
    named = [detail["device_name"] for detail in details if "device_name" in detail]
    return named or accelerators()


def accelerators() -> list[str]:
    """Return the GPUs and TPUs that the backend sees, by name, those of the other processes included."""
    if keras.backend.backend() == "jax":
        return [name for name in keras.distribution.list_devices() if not name.startswith("cpu")]
    return keras.distribution.list_devices("gpu") + keras.distribution.list_devices("tpu")


def choose(
    wanted: str | None = None,
    cpuinfo: pathlib.Path = pathlib.Path("/proc/cpuinfo"),
    *,
    network: str = "",
    mirrored: bool = False,
) -> Precision:
    """Choose for this machine and the `network` of that name, or the backbone's; `wanted` overrides the policy.

    bfloat16 is 2 to 5 times slower than float32 on a CPU without AMX or AVX512-BF16, so it must be seen to be there; JAX
    gains nothing from it on a CPU. XLA halves TensorFlow's speed on a CPU, and cannot compile a step that is `mirrored`
    over several devices by tf.distribute; the JAX backend always compiles.
    """
    accelerator, jax = has_accelerator(), keras.backend.backend() == "jax"
    jit = jax or (accelerator and not mirrored)
    if wanted:
        return Precision(wanted, jit, "as asked")
    if accelerator:
        return Precision("mixed_bfloat16", jit, "accelerator")
    if jax:
        return Precision("float32", jit, "JAX on a CPU")
    flags = cpuinfo.read_text().split() if cpuinfo.exists() else []
    instructions = next((BFLOAT16[flag] for flag in BFLOAT16 if flag in flags), None)
    if not instructions:
        return Precision("float32", jit, "CPU without AMX or AVX512-BF16")
    if instructions == BFLOAT16["avx512_bf16"] and not _gains(network):
        return Precision("float32", jit, f"{instructions}, from which this backbone gains nothing")
    return Precision("mixed_bfloat16", jit, instructions)


def _gains(network: str) -> bool:
    """Say whether the network, called by its backbone or ending in its name, gains from AVX512-BF16; most do."""
    return all(known.gains_from_avx512_bf16 for name, known in BACKBONES.items() if network.endswith(name))
