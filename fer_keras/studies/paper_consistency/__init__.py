"""What the papers' printed numbers imply about each other; reads no run."""
