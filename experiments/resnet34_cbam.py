"""Paper 000: "Two Phase Transfer Learning for Facial Expression Recognition Using ResNet34 with CBAM Attention".

    python -m experiments.resnet34_cbam --affectnet PATH [--data PATH]
    python -m experiments.resnet34_cbam --only resnet34_cbam_ferplus [--data PATH]
    python -m experiments.resnet34_cbam --profile fer2013 --init runs/pretrain_resnet34-cpu-seed0/model.keras [--data PATH]

ResNet-34 with channel and spatial attention, first on Balanced AffectNet (8 classes, colour), then on FER2013 (7, grey)
at a learning rate for each part. Expect 68 % on the 7,178 test faces (reported; ours stands in reports/). AffectNet is to
be had from its authors or, balanced, from Kaggle; the second command does with FER+ labels in its place, the third without
the first phase. Section numbers are the paper's. Its authors' notebook (github.com/mebmrauf/Facial-Emotion-Recognizer)
answers some of what it leaves open.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.p000_resnet34_cbam import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
