"""Who is responsible: registers and names of bodies, roles, statements of responsibility."""
