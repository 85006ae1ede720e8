"""Where weights come from: ImageNet, torchvision, checkpoints."""
