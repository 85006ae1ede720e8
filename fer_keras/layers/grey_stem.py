"""Paper 004's first convolution: for grey images, with a kernel made out of an RGB one."""

import keras
import numpy as np


@keras.saving.register_keras_serializable("fer_keras")
class GreyStem(keras.layers.Conv2D):
    """A convolution of grey images that knows how to make its kernel out of an RGB one (Paper 004, §2.1, eq. 1).

    Args:
        reduce: "mean", as printed, or "sum". Only the sum answers a grey image as the RGB kernel answers its triple;
            the mean's answer is a third of that, which the next batch norm's pretrained statistics do not expect.

    Input: (B, H, W, 1). Raises ValueError for another `reduce`.
    """

    def __init__(self, *args, reduce: str = "mean", **kwargs):
        super().__init__(*args, **kwargs)
        if reduce not in ("mean", "sum"):
            raise ValueError(f"Expected reduce to be 'mean' or 'sum'. Received: {reduce!r}")
        self.reduce = reduce

    def kernel_of(self, rgb_kernel: np.ndarray) -> np.ndarray:
        """Return the kernel (h, w, 1, out) made from an RGB kernel (h, w, 3, out)."""
        return getattr(np, self.reduce)(rgb_kernel, axis=2, keepdims=True)

    def get_config(self):
        return {**super().get_config(), "reduce": self.reduce}
