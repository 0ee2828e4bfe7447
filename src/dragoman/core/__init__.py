"""The rules of instant messaging: pure, without I/O, and without any protocol's name."""
