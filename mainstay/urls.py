"""Every address: sign-in, the probe, and the console. The live stream is beside them, in `mainstay.asgi`."""

from __future__ import annotations

from django.urls import include, path

from mainstay.console import errors
from mainstay.console.views.manage import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("mainstay.console.urls")),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
