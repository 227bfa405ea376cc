"""What a pipeline's step asked of another scanner, as a policy that asks the same."""
