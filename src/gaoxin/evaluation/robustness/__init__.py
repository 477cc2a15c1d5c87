"""How far a ranking depends on choices that could have been made otherwise (稳健性)."""
