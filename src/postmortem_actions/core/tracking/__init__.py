"""What becomes of actions after the plan: their life, their tickets, and what is told of them. Pure."""
