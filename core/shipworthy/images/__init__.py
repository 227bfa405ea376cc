"""Where image bytes come from: one module a source behind one Protocol."""
