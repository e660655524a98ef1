"""Services as processes of this machine: started, watched, stopped together."""
