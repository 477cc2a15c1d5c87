"""The organisation tree: city, bureaus, districts, zones, parks, firms, to any depth."""
