"""Where and when: units, geodesy, areas."""
