"""What operators work with whatever the object: filters by age, things to do to rows, and what needs attention."""
