"""How much a match matters: severity, CVSS, exploitation, risk."""
