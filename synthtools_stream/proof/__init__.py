"""What is proven of a task, and of an attempt at it: code only, no model."""
