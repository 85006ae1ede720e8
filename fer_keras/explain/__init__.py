"""Where a network looks: Grad-CAM, occlusion, its own attention, and whether such a map beats chance."""
