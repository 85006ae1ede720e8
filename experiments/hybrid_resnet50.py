"""Paper 003: "Pretrained Model Architecture and Workflow in Facial Emotion Recognition" (hybrid ResNet50 on FER2013).

    python -m experiments.hybrid_resnet50 [--data PATH]

Expect 58.87 % balanced accuracy (§6.1, reported; ours stands in reports/). As printed: 100 epochs of ResNet50 at 224x224,
hours on an accelerator, weeks on a CPU; the `cpu` profile declares what is cut. Section numbers below are the paper's.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.p003_hybrid_resnet50 import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
