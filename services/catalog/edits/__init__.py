"""What users say of people, and the way back."""
