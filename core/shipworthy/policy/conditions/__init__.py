"""What a rule can ask: one module a family of questions, and how they are combined."""
