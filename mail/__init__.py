"""What is mailed, in which words, and how it gets there."""
