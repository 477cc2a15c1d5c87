"""The demonstration: a synthetic city, to try everything as each role would. Not an app; it calls the apps' actions."""
