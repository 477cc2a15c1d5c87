"""The synthetic sample city; everything it makes says that it is synthetic."""
