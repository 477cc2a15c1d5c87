"""One run from files to results: pipeline, manifest, verification, comparison."""
