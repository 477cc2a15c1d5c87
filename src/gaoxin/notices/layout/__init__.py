"""Lines to paragraphs, and what each paragraph is: head, clauses, signature, what others put around them."""
