"""Scanning electron microscopes."""
