"""TeamCity: service messages for problems, figures, inspections, test reports and artifacts."""
