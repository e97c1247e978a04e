"""What is agreed with a borrower about the debt itself: waiver, settlement, extension, write-off, closing."""
