"""One module a paper, as data. `ALL` is the order in which they are listed."""

ALL = (
    "resnet34_cbam",
    "hybrid_resnet50",
    "cnn_resnet_attention",
    "resnet18_transfer",
    "resnet50_cnn",
    "pretrain_backbone",
    "house",
    "attention",
    "leakage",
)
