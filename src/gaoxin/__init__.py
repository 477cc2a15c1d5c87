"""gaoxin (高新): from returns to ranked zones, with every number traceable."""
