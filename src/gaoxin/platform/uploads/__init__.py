"""Files that people send: checked by content and size, kept with the data, read as sheets."""
