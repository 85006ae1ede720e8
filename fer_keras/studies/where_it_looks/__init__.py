"""How much of a network's attention lies on eyes, brows and mouth, over all PrivateTest images."""
