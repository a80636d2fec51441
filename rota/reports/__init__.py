"""What a month came to: hours given, cover kept, the mix kept, and how evenly the work was shared."""
