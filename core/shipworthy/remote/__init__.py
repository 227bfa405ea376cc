"""How other machines are spoken to: registries and web servers, within bounds and with patience."""
