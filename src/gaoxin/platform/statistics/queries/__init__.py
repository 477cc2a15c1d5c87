"""Every look at statistics; what the frame asks for (search, work list) is here."""
