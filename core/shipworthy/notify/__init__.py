"""Telling others of a result: whom, signed how, sent until it arrives or cannot."""
