"""Each finding's own sentences and statistics, held against tables typed by hand."""
