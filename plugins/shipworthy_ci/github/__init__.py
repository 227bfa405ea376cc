"""GitHub Actions: workflow commands, step outputs and summaries, comments on pull requests."""
