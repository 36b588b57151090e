"""What published figures say: comparisons, verdicts and their sentences. Nothing is drawn."""
