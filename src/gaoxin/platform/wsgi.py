"""The site as a WSGI application; ``gaoxin serve`` runs it under granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gaoxin.platform.settings.site")
application = get_wsgi_application()
