"""Which devices train, and how they share a batch: decided once, before anything is built.

One device needs nothing. Several of one machine share each batch through tf.distribute.MirroredStrategy (TensorFlow) or
keras.distribution.DataParallel (JAX); several machines through the latter alone, for Keras 3's `fit` does not run under
MultiWorkerMirroredStrategy (keras-team/keras#20585). A recipe's batch size is that of all devices together, so what is
computed is what one device computes; only the order of additions differs.
"""

import contextlib
import dataclasses
import functools
import os

from fer_keras import runtime
from fer_keras.io.errors import UserError, expected

BACKENDS = ("tensorflow", "jax")

ADDRESSES, PROCESSES, PROCESS = (
    f"KERAS_DISTRIBUTION_{name}" for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID")
)
"""What `keras.distribution.initialize` reads: one address, of process 0, is enough."""

SEVERAL_MACHINES = (
    f"Several machines train on the JAX backend: set KERAS_BACKEND=jax, {ADDRESSES}, {PROCESSES} and {PROCESS}."
)


@dataclasses.dataclass(frozen=True)
class Devices:
    """What trains together.

    Attributes:
        replicas: devices in all, each of which takes an equal share of every batch.
        process, processes: the number of this process, and how many there are.
        strategy: the tf.distribute strategy, None without one.
        resident: whether the one device keeps the faces in its memory and augments them itself (JAX).
    """

    replicas: int = 1
    process: int = 0
    processes: int = 1
    strategy: object | None = None
    resident: bool = False

    @property
    def writes(self) -> bool:
        """Whether this process writes files: one does."""
        return self.process == 0

    def holds(self, size: int) -> bool:
        """Return whether faces of `size` bytes stay in the device's memory. Raises UserError where they must and cannot."""
        if self.resident and size > MOST_RESIDENT and not runtime.has_tensorflow():
            raise expected(f"TensorFlow to read more than {MOST_RESIDENT >> 30} GiB of faces", "none installed")
        return self.resident and size <= MOST_RESIDENT

    def scope(self):
        """Return the context in which models are built, compiled, restored and trained."""
        return self.strategy.scope() if self.strategy else contextlib.nullcontext()

    def describe(self, batch_size: int) -> str:
        """Return how a batch is shared, for the run's first line and its record; "" for one device."""
        if self.replicas == 1:
            return ""
        machines = f" in {self.processes} processes" if self.processes > 1 else ""
        share = batch_size // self.replicas
        return f"{self.replicas} devices{machines}, {share} of each batch's {batch_size} rows on each"


ALONE = Devices()

MOST_RESIDENT = 8 << 30
"""Bytes of faces that an accelerator's memory is trusted to hold beside a network: FER2013 has 66 MB."""


def prepare(asked: int | None = None) -> None:
    """Join the other processes and make the logical devices that were asked for, before TensorFlow or JAX has begun.

    Asking again for the same changes nothing. Raises UserError for several machines without JAX, for more devices than
    there are, and when the processes are misdescribed.
    """
    if asked is not None and asked < 1:
        raise expected("--devices of at least 1", asked)
    if _backend() not in BACKENDS:
        raise expected(f"KERAS_BACKEND {' or '.join(BACKENDS)}", _backend())
    _prepare_jax(asked) if _backend() == "jax" else _prepare_tensorflow(asked)


def choose(batch_size: int, asked: int | None = None) -> Devices:
    """Return what trains: all accelerators that share `batch_size` evenly, `asked` of them, or the one processor.

    Raises UserError when the devices asked for, or those of all machines, cannot share the batch evenly.
    """
    return _choose_jax(batch_size, asked) if _backend() == "jax" else _choose_tensorflow(batch_size, asked)


def even(available: int, asked: int | None, batch_size: int) -> int:
    """Return how many of the available devices train: `asked`, else the most that share `batch_size` evenly."""
    if asked is None:
        return max(n for n in range(1, available + 1) if batch_size % n == 0)
    if asked > available:
        raise expected(f"--devices of at most {available}, which is what this machine has", asked)
    if batch_size % asked:
        raise expected(f"a batch size that {asked} devices share evenly", batch_size, "Give --batch-size or --devices.")
    return asked


def synchronise_batch_norm(model, devices: Devices) -> None:
    """Let the batch norms of `model` use the statistics of the whole batch, and so agree on every replica.

    JAX does it unasked; in TensorFlow each replica would use and keep its own. Does nothing for one device.
    """
    for layer in _all_layers(model):
        if hasattr(layer, "synchronized"):
            layer.synchronized = devices.strategy is not None


def _all_layers(model):
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _all_layers(layer)


def _backend() -> str:
    import keras

    return keras.backend.backend()


def _prepare_tensorflow(asked):
    import tensorflow as tf

    if os.environ.get("TF_CONFIG") or os.environ.get(PROCESSES, "1") != "1":
        name = "TF_CONFIG" if os.environ.get("TF_CONFIG") else PROCESSES
        raise expected("one process under TensorFlow", f"a description of several in {name}", SEVERAL_MACHINES)
    processors = tf.config.list_physical_devices("CPU")
    if not asked or tf.config.list_physical_devices("GPU"):
        return
    made = tf.config.get_logical_device_configuration(processors[0])
    if asked != len(made or [0]):
        try:
            parts = [tf.config.LogicalDeviceConfiguration()] * asked
            tf.config.set_logical_device_configuration(processors[0], parts)
        except RuntimeError as error:
            raise UserError(f"Expected --devices {asked} before TensorFlow has begun. Received: after.") from error


def _choose_tensorflow(batch_size, asked):
    import tensorflow as tf

    gpus = tf.config.list_logical_devices("GPU")
    names = [device.name for device in gpus or tf.config.list_logical_devices("CPU")]
    count = even(len(names), asked, batch_size)
    return Devices(count, strategy=_mirrored(tuple(names[:count]))) if count > 1 else ALONE


@functools.cache
def _mirrored(names: tuple[str, ...]):
    """Return the strategy over these devices; a process can hold only one."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(names)


def _prepare_jax(asked):
    import jax
    import keras

    if runtime.has_tensorflow():
        import tensorflow as tf

        tf.config.set_visible_devices([], "GPU")  # TensorFlow only feeds here, and would take all of the memory
    if asked and not jax.distributed.is_initialized():
        with contextlib.suppress(RuntimeError):  # JAX has begun: then there are as many as there are
            jax.config.update("jax_num_cpu_devices", asked)
    described = any(os.environ.get(name) for name in (ADDRESSES, PROCESSES, PROCESS))
    if described and not jax.distributed.is_initialized():
        try:
            keras.distribution.initialize()
        except (ValueError, RuntimeError) as error:
            line = str(error).splitlines()[0]
            raise UserError(
                f"Cannot join the other processes: {line} Check {ADDRESSES}, {PROCESSES}, {PROCESS}."
            ) from error


def _choose_jax(batch_size, asked):
    import jax
    import keras

    processes = jax.process_count()
    names = keras.distribution.list_devices()
    if processes > 1:
        here = len(names) // processes
        if asked not in (None, here):
            raise expected(f"--devices {here}, all that each process has, for several machines", asked)
        asked = len(names)
    count = even(len(names), asked, batch_size)
    if count == 1:
        keras.distribution.set_distribution(None)
        return Devices(resident=True)
    shared = keras.distribution.DataParallel(devices=names[:count], auto_shard_dataset=False)
    keras.distribution.set_distribution(shared)
    return Devices(count, jax.process_index(), processes)
