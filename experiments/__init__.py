"""One module a paper, as data. `ALL` is the order in which they are listed: papers by number."""

ALL = (
    "resnet34_cbam",
    "cnn_resnet_attention",
    "resnet18_transfer",
    "hybrid_resnet50",
    "resnet50_cnn",
    "pretrain_backbone",
    "house",
    "attention",
    "leakage",
)
