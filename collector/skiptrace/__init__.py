"""When every phone is given up: finding the person again."""
