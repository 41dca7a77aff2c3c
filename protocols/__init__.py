"""Protocols: the document a scientist writes, the runner that carries it out, and the record that it leaves."""
