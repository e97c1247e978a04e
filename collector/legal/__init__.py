"""When contact is not enough: referral to the legal team."""
