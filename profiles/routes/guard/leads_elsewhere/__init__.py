"""What would lead a key elsewhere though the address is right: proxies, certificates, redirects, sign-ins."""
