"""GitLab CI/CD: sections of the log, reports as GitLab names them, one note on the merge request, earlier artifacts."""
