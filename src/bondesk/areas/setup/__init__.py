"""Company, parameters, users and rights."""
