"""The closed list of architectures. Names only: importing this loads neither Keras nor TensorFlow."""

BUILDERS = {
    "hybrid": "fer_keras.models.papers.hybrid:build",
    "hybrid_resnet50": "fer_keras.models.papers.hybrid:build_hybrid_resnet50",
    "hybrid_efficientnetb3": "fer_keras.models.papers.hybrid:build_hybrid_efficientnetb3",
    "hybrid_xception": "fer_keras.models.papers.hybrid:build_hybrid_xception",
    "hybrid_mobilenetv3small": "fer_keras.models.papers.hybrid:build_hybrid_mobilenetv3small",
    "hybrid_baseline_cnn": "fer_keras.models.papers.cnn003:build",
    "resnet34": "fer_keras.models.papers.resnet34:build_plain",
    "resnet34_attention": "fer_keras.models.papers.resnet34:build_attention",
    "resnet34_attention_stages": "fer_keras.models.papers.resnet34:build_attention_stages",
    "resnet34_cbam": "fer_keras.models.papers.resnet34:build_cbam",
    "cnn001": "fer_keras.models.papers.cnn001:build_baseline",
    "cnn001_spatial_attention": "fer_keras.models.papers.cnn001:build_spatial_attention",
    "cnn001_spatial_softmax": "fer_keras.models.papers.cnn001:build_spatial_softmax",
    "resnet50": "fer_keras.models.papers.resnet50:build_plain",
    "resnet50_cbam": "fer_keras.models.papers.resnet50:build_cbam",
    "resnet18_head": "fer_keras.models.papers.resnet18:build_three_layer_head",
    "resnet18_simple": "fer_keras.models.papers.resnet18:build_single_layer_head",
    "vanilla_cnn": "fer_keras.models.papers.cnn004:build_vanilla",
    "vanilla_cnn_unnormalised": "fer_keras.models.papers.cnn004:build_vanilla_unnormalised",
    "residual_cnn": "fer_keras.models.papers.cnn004:build_residual",
    "resnet50_cnn": "fer_keras.models.papers.resnet50_cnn:build",
    "backbone_classifier": "fer_keras.models.backbone_classifier:build",
    "compact": "fer_keras.models.compact:build",
    "transfer": "fer_keras.models.transfer:build",
}
"""{name: "module:function"}; every function returns a functional keras.Model, raw uint8 pixels in, probabilities out."""

GROUPING = (
    *("hybrid", "hybrid_resnet50", "hybrid_efficientnetb3", "hybrid_xception", "hybrid_mobilenetv3small"),
    *("compact", "transfer"),
)
"""Those that may group classes by name: they take `class_names` beside `classes`, their number."""
