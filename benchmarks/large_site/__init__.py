"""A site of the platform at the scale of a large city: filled in bulk, served, and asked as people would ask it."""
