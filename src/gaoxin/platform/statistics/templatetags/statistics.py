"""Filters of pages that show figures."""

from django import template

from gaoxin.platform.statistics import headlines

register = template.Library()
register.filter(headlines.short)
