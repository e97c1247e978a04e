"""What must be kept, what may and what must go, and the removal that proves itself."""
