"""Files on disk to Faces, a layout a module."""
