"""Voice and video: their relay, in a process of its own, so that neither packets nor messages wait for each other."""
