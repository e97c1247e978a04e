"""Letters: their words as data, filled in strictly, and the two layouts that print them."""
