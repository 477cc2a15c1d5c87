"""What is missing or contradicts itself: numbers that are skipped, headings without text, units nobody knows."""
