"""What the CI adapters share; they call shipworthy and hand its files to their platform."""
