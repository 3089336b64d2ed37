"""From notebooks to a finished assessment: plan, execute, render, check, move into place."""
