"""What runs inside the portal's own environment: small programs that print one figure or one name."""
