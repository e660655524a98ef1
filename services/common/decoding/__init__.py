"""What every service needs to run: errors, limits, settings, server, channels, logs. Imports no service."""
