"""Questions beyond one run: audit, cleaning, GAN, leakage, attention, the papers' consistency."""
