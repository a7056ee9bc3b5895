"""Letters, reports and sheets as files: PDF, pictures and tables."""
