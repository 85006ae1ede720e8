"""Probabilities for every row of some faces, each row once and in order, whatever devices train."""

import functools

import keras
import numpy as np

from fer_keras import runtime
from fer_keras.data.faces import Faces
from fer_keras.evaluation import metrics
from fer_keras.training import processes

EVALUATION_BATCH = 128


def predict(model: keras.Model, faces: Faces) -> np.ndarray:
    """Return probabilities float32 [N, K] for every row of `faces`, in order.

    Several devices of this process share the batches; the rows that this takes are filled up and cut off again.
    """
    if processes.is_multiprocess():
        return _predict_here(model, faces)
    if not runtime.has_tensorflow():
        return _predict_arrays(model, faces.images)
    replicas = _replicas(model)
    size = max(1, EVALUATION_BATCH // replicas) * replicas
    return model.predict(_images(faces, size, replicas), verbose=0)[: len(faces)]


def evaluate(model: keras.Model, faces: Faces) -> dict:
    """Return the metrics of `model` on all rows of `faces`; among several processes, those of process 0."""
    probabilities = processes.broadcast(predict(model, faces))
    return metrics.evaluate(faces.labels, probabilities, faces.class_names)


def _predict_arrays(model, images):
    """Predict without tf.data; the rest of the last batch is filled up, so that one shape is compiled."""
    full = len(images) // EVALUATION_BATCH * EVALUATION_BATCH
    parts = [images[:full], images[full:]]
    if len(parts[1]):
        parts[1] = np.concatenate([parts[1], np.repeat(parts[1][-1:], EVALUATION_BATCH - len(parts[1]), axis=0)])
    answers = [model.predict(part, batch_size=EVALUATION_BATCH, verbose=0) for part in parts if len(part)]
    return np.concatenate(answers)[: len(images)]


def _images(faces, size, multiple=1):
    from fer_keras.data import pipeline

    batches = pipeline.evaluation_batches(faces, batch_size=size, multiple=multiple)
    return batches.map(lambda images, targets: images)


def _replicas(model: keras.Model) -> int:
    if keras.backend.backend() == "tensorflow":
        return model.distribute_strategy.num_replicas_in_sync
    shared = keras.distribution.distribution()
    return shared.num_model_replicas if shared else 1


def _predict_here(model, faces):
    """Predict on this process's first device alone: Keras's `predict` cannot fetch what lies on other machines."""
    forward = _forward(model)
    weights = [[_local(v) for v in vs] for vs in (model.trainable_variables, model.non_trainable_variables)]
    batches = _images(faces, EVALUATION_BATCH).as_numpy_iterator()
    return np.concatenate([np.asarray(forward(*weights, images)) for images in batches])


def _local(variable):
    return variable.value.addressable_data(0)


@functools.lru_cache(maxsize=1)
def _forward(model):
    import jax

    return jax.jit(lambda trainable, others, images: model.stateless_call(trainable, others, images, training=False)[0])
