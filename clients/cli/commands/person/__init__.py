"""`albumen person`: what is known of a person, and what users say of one."""
