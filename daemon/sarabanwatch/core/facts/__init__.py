"""Facts: agencies, letters with their purpose and token, evidence; words and places."""
