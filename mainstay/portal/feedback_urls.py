"""What products meet, mounted at `/feedback/`: the script, the form in its frame, and the signed endpoint."""

from __future__ import annotations

from django.urls import path

from mainstay.portal.views import example, products

app_name = "feedback"

urlpatterns = [
    path("", products.send, name="send"),
    path("widget.js", products.widget, name="widget"),
    path("frame/<slug:key>/", products.frame, name="frame"),
    path("example/", example.example, name="example"),
    path("example/token/", example.token, name="example_token"),
]
