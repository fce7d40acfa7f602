"""What people get: the command line, batches and reports."""
