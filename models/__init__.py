"""What is learned from features, and how a forecast is taken apart."""
