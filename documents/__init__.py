"""Between XML documents and the plain types of ``models.domain``. Knows nothing else."""
