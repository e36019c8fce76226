"""All that is known of Portkey: API formats, hosts, headers, configs, retired models."""
