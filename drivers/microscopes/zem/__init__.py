"""ZEPTOOLS ZEM benchtop microscopes, over UDP (as the maker's package pyzemrpc 1.2.6 speaks to them)."""
