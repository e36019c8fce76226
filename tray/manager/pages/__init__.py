"""The pages: each asks actions, and shows what they return."""
