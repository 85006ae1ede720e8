"""A program, to be run with KERAS_BACKEND=jax: what saved networks predict for some faces.

    python tests/recipes/predict_on_jax.py faces.npy FOLDER...

Writes on_jax.npy beside each FOLDER/model.keras. A new network's weights are zeros here until those of the file replace
them: on JAX, to draw them takes longer than all else.
"""

import argparse
import gc
import pathlib

import keras
import numpy as np

import fer_keras.layers  # noqa: F401  (Keras finds a registered layer only after its module was imported)

DRAWN = (keras.initializers.VarianceScaling, keras.initializers.TruncatedNormal, keras.initializers.RandomNormal)


def zeros(initializer, shape, dtype=None, **others):
    return keras.ops.convert_to_tensor(np.zeros(shape, dtype))


def main(faces: str, *folders: str) -> None:
    images = np.load(faces)
    gc.freeze()  # `clear_session` collects garbage, and passes over the modules' objects so
    for kind in DRAWN:
        kind.__call__ = zeros
    for folder in map(pathlib.Path, folders):
        model = keras.saving.load_model(folder / "model.keras", compile=False)
        np.save(folder / "on_jax.npy", model.predict_on_batch(images))
        keras.backend.clear_session()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", metavar="faces.npy")
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    arguments = parser.parse_args()
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(arguments.faces, *arguments.folders)
