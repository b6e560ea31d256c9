"""The pages, as a WSGI application. `mainstay.asgi` puts it beside the live stream."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
application = get_wsgi_application()
