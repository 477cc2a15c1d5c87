"""What a result says: what made it, what changed it, what would change it, what its indicators measure (诊断)."""
