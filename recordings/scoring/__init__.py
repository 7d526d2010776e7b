"""Quality scoring (质检): forms, samples, reviews, and what an agent says to them."""
