"""What happened: attempts, outcomes, promises, consents, stops, holds, disputes, referrals."""
