"""One module an engine: the same figures from the same files, each as its users would write it."""
