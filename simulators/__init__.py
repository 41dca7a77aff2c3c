"""The simulated laboratory: one physical world, and instruments that speak the real wire."""
