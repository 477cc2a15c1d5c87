"""What the text of a clause says: actions, figures and deadlines, documents, programmes and places."""
