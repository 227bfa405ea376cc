"""Many results seen together: which images ship, what to do first over all of them, what was not scanned."""
