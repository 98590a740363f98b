"""The endpoints of second factors."""
