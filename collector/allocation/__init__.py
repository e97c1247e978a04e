"""Who works which account: owner and stand-in, decided by the strategy's policy (handbook section 2)."""
