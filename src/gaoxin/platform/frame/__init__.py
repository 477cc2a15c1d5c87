"""The frame of every page: navigation, language, tables, forms, errors, work list, search, health."""
