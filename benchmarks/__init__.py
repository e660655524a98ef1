"""The benchmark of the main road: speed, memory, start and size of the services, beside plain code."""
