"""Long work in the background: a job is queued with what it needs, a worker does it, a page shows how far it is.

The queue is a table, so a job that was accepted survives whatever is killed. What a job writes, it writes through one
action at its end: killed before, it has written nothing and is done again; killed after, it is found done.
"""
