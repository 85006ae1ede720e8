"""Sources on disk -> Faces -> the splits that a run may see -> tf.data."""
