"""`personen album`: photos put together by hand, or by a filter."""
