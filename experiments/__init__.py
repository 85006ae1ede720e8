"""One module a paper, as data. `ALL` is the order in which they are listed."""

ALL = ("hybrid_resnet50", "pretrain_backbone")
