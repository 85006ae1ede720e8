"""Training that does not fit into memory ends in one line that says what to make smaller."""

import contextlib
import errno
import os
import pathlib
from collections.abc import Iterator

from fer_keras.config.recipe import Recipe
from fer_keras.io.errors import UserError, expected
from fer_keras.runs import directory

SIGNS = ("RESOURCE_EXHAUSTED", "OOM when allocating", "out of memory", "OUT_OF_MEMORY")
"""What TensorFlow's, XLA's and JAX's errors say when memory did not suffice, whatever their class."""


@contextlib.contextmanager
def in_one_line(recipe: Recipe, replicas: int, folder: pathlib.Path) -> Iterator[None]:
    """Turn an error for want of memory into a UserError that names batch and image size, and a smaller batch to try.

    Args:
        recipe: as run.
        replicas: devices that share a batch; the batch to try can be shared evenly, too.
        folder: the run directory; a checkpoint in it is of this request, so a smaller batch needs another one.
    """
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise _expected(recipe, replicas, folder) from error


def is_out_of_memory(error: Exception) -> bool:
    """Say whether `error` is Python's, TensorFlow's or JAX's for want of memory; a full disk is another thing."""
    if isinstance(error, UserError) or os.strerror(errno.ENOSPC) in str(error):
        return False
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return True
    framework = type(error).__module__.partition(".")[0] in ("tensorflow", "jax", "jaxlib")
    return framework and any(sign in str(error) for sign in SIGNS)


def _expected(recipe: Recipe, replicas: int, folder: pathlib.Path) -> UserError:
    batch, side = recipe.batch_size, recipe.model_args.get("image_size")
    size = f" at image size {side}" if side else ""
    smaller = batch // 2 // replicas * replicas
    then = (
        f"Give --batch-size {smaller}" if smaller else "Give a smaller --image-size" if side else "Use another machine"
    )
    other = " and another --out" if smaller and directory.is_begun(folder) else ""
    return expected(f"memory for steps of batch size {batch}{size}", "out of memory", f"{then}{other}.")
