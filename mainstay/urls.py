"""Every address: sign-in, the probe, portal and console. The live stream is beside them, in `mainstay.asgi`."""

from __future__ import annotations

from django.urls import include, path, re_path

from mainstay.console.views.manage import healthz
from mainstay.console.views.wallboard import screen
from mainstay.phone.intake import telephone
from mainstay.portal.views.hub import robots
from mainstay.screens import brands, errors

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("screen/<str:secret>/", screen, name="screen"),
    path("screen/<str:secret>/parts/", screen, {"part": "parts"}, name="screen_parts"),
    # Who somebody is, an administrator says: nobody gives themselves another address.
    path("accounts/email/", errors.shut, name="shut_email"),
    re_path("^accounts/confirm-email/", errors.shut, name="shut_confirm"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("hooks/telephone/", telephone, name="telephone_hook"),
    path("robots.txt", robots, name="robots"),
    path("vendor/brand.css", brands.sheet, name="brand_sheet"),
    path("vendor/logo/<slug:digest>", brands.logo, name="brand_logo"),
    path("hub/", include("mainstay.portal.hub_urls")),
    path("portal/", include("mainstay.portal.urls")),
    path("survey/", include("mainstay.portal.survey_urls")),
    path("feedback/", include("mainstay.portal.feedback_urls")),
    path("", include("mainstay.console.urls")),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
