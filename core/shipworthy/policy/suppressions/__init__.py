"""Taking findings out of the verdict, in the open: entries, whom they fit, and what became of them."""
