"""Statistics: returns are collected, checked, reviewed and approved; what is approved becomes a fixed snapshot.

``models/`` has collection, return and its versions, imports, snapshots; ``books`` the rulebooks that forms come from;
``document`` the figures of one version; ``checking`` what rules and comparison say of a return; ``snapshots`` the
approved figures as files. Every write is in ``actions/``, every look in ``queries/``, the pages are in ``views/``.
"""
# ruff: noqa: A005 - the field's own word; nothing here imports the module of the standard library
