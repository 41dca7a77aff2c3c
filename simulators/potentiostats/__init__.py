"""Potentiostats."""
