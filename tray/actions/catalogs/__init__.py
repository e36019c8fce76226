"""What is done with catalogs: made and signed by a publisher, followed by everybody else."""
