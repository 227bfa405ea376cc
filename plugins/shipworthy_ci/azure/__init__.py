"""Azure Pipelines: issues, a summary, output variables, and groups in the log."""
