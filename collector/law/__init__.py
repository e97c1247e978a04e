"""What law gives as terms, as data: how long a claim lives, what moves it, what interest may be asked. Contact law is
`compliance`; this is the law of the debt itself, which facts, terms and the legal team read alike."""
