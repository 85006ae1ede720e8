"""The training step on an accelerator: images a second, share of the chip's peak, share of time waiting for input.

    python -m benchmarks.accelerator          (KERAS_BACKEND=jax where TensorFlow has no build for the device)

ResNet-50 at 224 px, batch 32 (the papers') and the largest that fits, beside the same step in PyTorch where that is
installed (channels last, bfloat16 autocast, torch.compile). Needs no answer while it runs; without an accelerator it
does the same on the CPU with small batches, says so, and its rates mean nothing.
"""

import argparse
import importlib.util
import os
import time

import numpy as np

from benchmarks import torch_step
from benchmarks.common import Target, publish, ratio, round_robin, spread
from fer_keras import runtime
from fer_keras.config.settings import Augment

SIDE, PAPERS_BATCH, LIMIT = 224, 32, 4096
PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40": 181e12, "L4": 121e12, "V100": 125e12, "T4": 65e12}
"""Dense bfloat16 (V100, T4: float16) peaks of the makers' data sheets, FLOP/s."""

AUGMENT = Augment(rotation_range=10.0, zoom_range=0.1, width_shift_range=0.1, horizontal_flip=True)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # PyTorch's process wants some of the memory, too
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    runtime.prepare(training=True)
    import keras

    from benchmarks import networks
    from fer_keras.training import precision

    chosen, there = precision.choose(), precision.has_accelerator()
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    batches = (PAPERS_BATCH, _largest(chosen)) if there else (4,)
    lines, shares, waits, against = [], [], [], []
    for rows in dict.fromkeys(batches):
        network = _network(chosen)
        cases = {"ours": _step(network, rows)}
        dtype = "bfloat16" if chosen.policy == "mixed_bfloat16" else "float32"
        with torch_step.stepping("resnet50", SIDE, rows, dtype) as theirs:
            cases |= {"PyTorch": theirs} if theirs else {}
            rates = round_robin(cases, rounds=5 if there else 1, seconds=4.0)
        share = _peak_share(rates["ours"].median() * 6 * networks.multiply_adds(network))
        wait = _waiting(_network(chosen), rows, steps=200 if there else 3)
        shares.append(share)
        waits.append(wait)
        for case in cases:
            found = ratio(rates, "ours", case)
            against += [found[1]] if case == "PyTorch" else []
            lines.append(
                (case, f"{rows}", rates[case].median(), spread(found), _percent(share), _percent(wait))
                if case == "ours"
                else (case, f"{rows}", rates[case].median(), spread(found), "", "")
            )
    targets = [
        Target("share of time waiting for input", 0.02, max(waits) if there else None, at_most=True),
        Target("times PyTorch", 1, min(against) if against and there else None),
    ]
    device = _chip() if there else "no accelerator: a CPU, to see that the script runs"
    note = f"ResNet-50 at {SIDE} px, {chosen.policy}, {keras.backend.backend()} backend, on {device}."
    columns = ("", "batch", "images/s", "ours is faster by", "of the peak", "waiting for input")
    publish("accelerator", "Accelerator", note, columns, lines, targets)


def _network(chosen):
    from fer_keras.models import builder

    model = builder("resnet50")(image_size=SIDE)
    model.compile("adam", "categorical_crossentropy", jit_compile=chosen.jit)
    return model


def _data(rows):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (rows, 48, 48, 1), dtype=np.uint8)
    return images, np.eye(7, dtype=np.float32)[rng.integers(0, 7, rows)]


def _step(model, rows):
    images, targets = _data(rows)

    def step():
        model.train_on_batch(images, targets)
        return rows

    return step


def _largest(chosen) -> int:
    """Return the largest power of two that trains, from the papers' batch up to LIMIT."""
    fits = PAPERS_BATCH
    while fits < LIMIT:
        try:
            _step(_network(chosen), 2 * fits)()
        except Exception as error:  # each backend has a class of its own for memory that is spent
            if "memory" not in str(error).lower() and "RESOURCE_EXHAUSTED" not in str(error):
                raise
            return fits
        fits *= 2
    return fits


def _waiting(model, rows, steps) -> float:
    """Return the share of a training loop's time that goes into asking the input pipeline for the next batch."""
    batches = _batches(rows)
    model.train_on_batch(*next(batches))
    waited, began = 0.0, time.perf_counter()
    for _ in range(steps):
        asked = time.perf_counter()
        images, targets = next(batches)
        waited += time.perf_counter() - asked
        model.train_on_batch(images, targets)
    return waited / (time.perf_counter() - began)


def _batches(rows):
    """Yield augmented batches of tf.data; where TensorFlow is not installed, batches flipped in NumPy."""
    if not importlib.util.find_spec("tensorflow"):
        rng = np.random.default_rng(0)
        images, targets = _data(max(rows, 4096))
        while True:
            chosen = rng.integers(0, len(images), rows)
            turned = np.where(rng.random((rows, 1, 1, 1)) < 0.5, images[chosen], images[chosen, :, ::-1])
            yield turned, targets[chosen]
    from fer_keras.data import pipeline
    from fer_keras.data.readers.toy import toy_faces

    faces = toy_faces(n_train=4096, n_public=7, n_private=7).where("train")
    treatment = pipeline.Treatment(AUGMENT)
    for images, targets, _ in pipeline.training_batches(faces, treatment, batch_size=rows, seed=0, epochs=10_000):
        yield images, targets


def _peak_share(operations: float) -> float | None:
    """Return the share of the chip's peak that so many operations a second are; None for a chip not in PEAKS."""
    peak = next((peak for name, peak in PEAKS.items() if name in _chip()), None)
    return peak and operations / peak


def _chip() -> str:
    """Return the maker's name of the first device: "NVIDIA H200"."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].device_kind
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU") if found else "CPU"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


if __name__ == "__main__":
    main()
