"""What providers tell afterwards of the messages that they took: arrived, bounced, unwanted."""
