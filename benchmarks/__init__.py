"""Scripts that print ratios: alternatives measured side by side in one process run, never compared across runs."""

from fer_keras import environment

environment.prepare_tensorflow()
