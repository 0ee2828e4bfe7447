"""What the server does for its people: one file a feature, each joined to the others only by hooks and by services."""
