"""What is set before TensorFlow loads: environment variables, once, by the command that needs it."""

import os
import platform

X86_64 = ("x86_64", "AMD64")
"""How Linux and Windows call a processor of that kind."""


def for_tensorflow(*, training: bool) -> dict[str, str]:
    """Return what `os.environ` shall say before TensorFlow is first imported, less what the user has set there.

    Its log is quiet below errors. For `training` oneDNN's operations are on: by itself TensorFlow has them on only where
    the processor has AVX512_VNNI, AVX512_BF16 or AMX (release notes of 2.9,
    https://github.com/tensorflow/tensorflow/pull/56039), yet with AVX2 alone they train faster too, though they predict a
    single face more slowly (`python -m benchmarks.onednn`).
    """
    wanted = {"TF_CPP_MIN_LOG_LEVEL": "2"}
    if training and platform.machine() in X86_64:
        wanted["TF_ENABLE_ONEDNN_OPTS"] = "1"
    return {name: value for name, value in wanted.items() if name not in os.environ}
