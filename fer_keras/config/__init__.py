"""Recipe and its parts, options, overrides, class names. Plain Python, milliseconds, no TensorFlow."""
