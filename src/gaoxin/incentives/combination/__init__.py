"""The lawful combination of benefits with the lowest income tax: for one year, and over several with losses."""
