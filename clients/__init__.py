"""Clients of Albumen's services: they speak gRPC, and know nothing of a service's inside."""
