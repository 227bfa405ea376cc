"""One module a report format, each made from the JSON result alone."""
