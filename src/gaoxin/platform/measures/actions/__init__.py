"""Every change of notices and measures: preparing a notice, following a measure, its progress."""
