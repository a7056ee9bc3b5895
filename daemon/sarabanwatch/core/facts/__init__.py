"""What is known for sure: agencies, evidence, what a letter is for, its token, and the words and places they are told in."""
