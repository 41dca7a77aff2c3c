"""The ACME G1, an invented vacuum gauge: its driver and its simulator."""
