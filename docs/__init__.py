"""What the documents are made with; no part of the product."""
