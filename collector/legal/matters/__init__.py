"""After referral: an accepted referral to legal as a matter, from preparing the suit to its end, with its days at
court, its costs and what came of it (handbook section 8)."""
