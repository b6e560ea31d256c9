"""The addresses of the Support Hub. They are open to everybody; each view shows what whoever asks may read."""

from __future__ import annotations

from django.urls import path

from mainstay.portal.views import hub

app_name = "hub"

urlpatterns = [
    path("", hub.start, name="start"),
    path("search/", hub.search, name="search"),
    path("sitemap.xml", hub.sitemap, name="sitemap"),
    path("products/<slug:key>/", hub.product, name="product"),
    path("articles/<str:slug>/", hub.article, name="article"),
    path("articles/<str:slug>/print/", hub.article_print, name="print"),
    path("articles/<str:slug>/helped/", hub.helped, name="helped"),
    path("articles/<str:slug>/files/<slug:digest>/<str:name>", hub.file, name="file"),
]
