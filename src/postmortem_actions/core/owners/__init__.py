"""Who owns what, from evidence: claims, and the rules by which files and feeds are read."""
