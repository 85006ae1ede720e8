"""What several processes of one training must agree on; for a single process each function returns what it was given."""

import io
import json

import keras
import numpy as np

PROGRESS = "progress"


def is_multiprocess() -> bool:
    """Say whether this training spans processes, which only the JAX backend can."""
    if keras.backend.backend() != "jax":
        return False
    import jax

    return jax.process_count() > 1


def process_index() -> int:
    """Return which process of the training this is: 0, which alone writes files, when there is one."""
    if not is_multiprocess():
        return 0
    import jax

    return jax.process_index()


def broadcast(arrays):
    """Return process 0's arrays (any nest of them, of the same shapes and types everywhere), so that all go on alike."""
    if not is_multiprocess():
        return arrays
    from jax.experimental import multihost_utils

    return multihost_utils.broadcast_one_to_all(arrays)


def any_process(flag: bool) -> bool:
    """Return whether `flag` is true in any of the processes."""
    if not is_multiprocess():
        return flag
    from jax.experimental import multihost_utils

    return bool(np.any(multihost_utils.process_allgather(np.array([flag]))))


def broadcast_checkpoint(saved: tuple[dict, dict[str, np.ndarray]] | None):
    """Return process 0's checkpoint (progress, arrays), or None when it has none; what the others give is not looked at."""
    if not is_multiprocess():
        return saved
    stream = io.BytesIO()
    if saved is not None:
        progress = np.frombuffer(json.dumps(saved[0]).encode(), np.uint8)
        np.savez(stream, **saved[1], **{PROGRESS: progress})
    content = np.frombuffer(stream.getvalue(), np.uint8)
    length = int(broadcast(np.array(len(content))))
    if not length:
        return None
    content = broadcast(content if saved is not None else np.zeros(length, np.uint8))
    with np.load(io.BytesIO(content.tobytes()), allow_pickle=False) as archive:
        arrays = dict(archive)
    return json.loads(arrays.pop(PROGRESS).tobytes()), arrays


def shut_down() -> None:
    """Wait until every process has come here, then let each go its own way: one that ends early aborts the others."""
    if is_multiprocess():
        import jax

        jax.distributed.shutdown()
