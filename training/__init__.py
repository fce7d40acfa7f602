"""How a model is learned, judged and kept."""
