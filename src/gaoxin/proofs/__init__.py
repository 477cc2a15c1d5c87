"""Proofs about a rulebook: its expressions lowered to Z3, and what can be said of every firm that there could be."""
