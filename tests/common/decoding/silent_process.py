"""A decoder process that never comes up, and does not end either."""

import time

if __name__ == "__main__":
    time.sleep(600)
