"""The platform: a Django project in which returns are collected, reviewed, evaluated and decided.

`docs/platform.md` says how it is built and how an app is added. Everything here may import the pure packages; they
never import anything from here.
"""
