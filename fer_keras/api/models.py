"""Networks by name."""

from typing import TYPE_CHECKING

from fer_keras import runtime
from fer_keras.config.architectures import BUILDERS
from fer_keras.models import builder

if TYPE_CHECKING:
    import keras


def list_models() -> list[str]:
    """Return the names that `create_model` takes.

    >>> "hybrid_resnet50" in list_models()
    True
    """
    return list(BUILDERS)


def create_model(name: str, **arguments) -> "keras.Model":
    """Return a fresh, untrained functional model: raw uint8 pixels (B, S, S, C) in, probabilities float32 (B, K) out.

    Args:
        name: one of `list_models()`.
        **arguments: those of the builder: `image_size` (side in pixels that the backbone sees), `classes` (K, default 7),
            `input_size` (S, default 48), `channels` (C, default 1), and the architecture's own.

    Raises ValueError for an unknown architecture or an argument out of range, TypeError for an argument that it has not.

    >>> create_model("vanilla_cnn").output_shape
    (None, 7)
    """
    if name not in BUILDERS:
        raise ValueError(f"Expected an architecture in {list_models()}. Received: unknown architecture {name!r}")
    runtime.prepare(training=True)
    return builder(name)(**arguments)
