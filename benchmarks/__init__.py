"""Claims about speed, each reproducible by one command: ``python -m benchmarks [NAME …] [--smoke]``.

Every module with a function ``tables(smoke)`` is a benchmark. It yields tables whose rows are contenders measured in
one run, interleaved, so that a busy machine slows all of them alike.
"""
