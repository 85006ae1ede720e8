"""A small GAN that draws faces of one expression, and the check that it has not memorised them (Paper 003, §4.2.2).

`python -m fer_keras.gan` trains it on Training rows. The networks and the augmentation are written in keras.ops; the
training loop takes its gradients with TensorFlow.
"""

EPOCHS = 240
"""Of training on photographs, unless the user says otherwise."""
