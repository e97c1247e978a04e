"""Who owes what to whom: books, accounts, instalments, payments, parties; loading and ageing."""
