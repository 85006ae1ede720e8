"""The papers' architectures, one a file."""
