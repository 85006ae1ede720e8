"""A program, to be run with KERAS_BACKEND=jax: what saved networks predict for some faces.

    python tests/recipes/predict_on_jax.py faces.npy FOLDER...

Writes on_jax.npy beside each FOLDER/model.keras.
"""

import argparse
import pathlib

import keras
import numpy as np

from fer_keras.models import saved


def main(faces: str, *folders: str) -> None:
    images = np.load(faces)
    for folder in map(pathlib.Path, folders):
        np.save(folder / "on_jax.npy", saved.load(folder / "model.keras").predict_on_batch(images))
        keras.backend.clear_session()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", metavar="faces.npy")
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    asked = parser.parse_args()
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(asked.faces, *asked.folders)
