"""Where people can be told things: the devices that they register, and what is known of addresses and numbers."""
