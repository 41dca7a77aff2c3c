"""One physical world that all simulated instruments see: cell, specimen, box, chamber and beam."""
