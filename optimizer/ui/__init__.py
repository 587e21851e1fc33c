"""The planner's page: what a person sees and presses. No arithmetic of its own; nothing else imports it."""
