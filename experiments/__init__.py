"""One program an experiment: `python -m experiments.hybrid_resnet50`; the recipes are in `fer_keras.recipes`."""
