"""The accuracy of what the running services answer: people told apart, faces and objects found."""
