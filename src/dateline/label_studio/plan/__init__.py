"""Who annotates which document: the plan of a team."""
