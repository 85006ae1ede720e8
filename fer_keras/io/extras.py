"""What a plain installation leaves out, and which extra of the package brings it."""

from fer_keras.io.errors import UserError, expected

EXTRAS = {
    **dict.fromkeys(
        ("keras", "tensorflow", "tensorflow_datasets", "sklearn", "scipy", "matplotlib", "seaborn"), "train"
    ),
    "cv2": "faces",
    "jax": "jax",
    **dict.fromkeys(("onnx", "onnxruntime", "tf2onnx"), "onnx"),
    "submitit": "cluster",
}
"""{module: the extra of this package that installs it}."""


def not_installed(module: str) -> UserError:
    """Return the error that names the extra by which `module`, a key of EXTRAS, is installed."""
    return expected(f"{module} to be installed", "none", f"pip install 'fer-keras[{EXTRAS[module]}]' brings it.")
