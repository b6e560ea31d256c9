"""The console's addresses. Every route is wrapped by `access.door`, and the table test has a row for each."""

from __future__ import annotations

from django.urls import path

from mainstay.console.views import acts, desk, lists, manage, tickets

app_name = "console"

urlpatterns = [
    path("", lists.home, name="home"),
    path("counts/", lists.rail, name="counts"),
    path("palette/", lists.palette, name="palette"),
    path("account/", manage.account, name="account"),
    path("notices/", desk.notices, name="notices"),
    path("views/<slug:key>/", lists.view, name="view"),
    path("views/<slug:key>/rows/", lists.rows, name="rows"),
    path("tickets/new/", tickets.new_ticket, name="new_ticket"),
    path("tickets/<str:reference>/", tickets.ticket, name="ticket"),
    path("tickets/<str:reference>/live/", tickets.live, name="ticket_live"),
    path("tickets/<str:reference>/write/<slug:pane>/", tickets.write, name="write"),
    path("tickets/<str:reference>/messages/<int:message_id>/", tickets.message_html, name="message_html"),
    path("tickets/<str:reference>/files/<int:file_id>/", tickets.file, name="file"),
    path("tickets/<str:reference>/clocks/<slug:clock>/", tickets.why, name="why"),
    *(path(f"tickets/<str:reference>/{key}/", view, name=f"act_{key}") for key, view in acts.VIEWS.items()),
    *(path(f"tickets/<str:reference>/{key}/preview/", view, name=f"preview_{key}") for key, view in acts.PREVIEWS.items()),
    path("verification/", desk.verification, name="verification"),
    path("arrivals/", desk.arrivals, name="arrivals"),
    path("arrivals/<int:arrival_id>/", desk.arrival, name="arrival"),
    path("arrivals/<int:arrival_id>/raw/", desk.arrival_raw, name="arrival_raw"),
    path("arrivals/<int:arrival_id>/again/", desk.retake, name="retake"),
    path("arrivals/<int:arrival_id>/discard/", desk.discard, name="discard"),
    path("quarantine/", desk.quarantine, name="quarantine"),
    path("outbox/", desk.outbox_list, name="outbox"),
    path("outbox/<uuid:letter_id>/", desk.letter, name="letter"),
    path("outbox/<uuid:letter_id>/raw/", desk.letter_raw, name="letter_raw"),
    path("outbox/<uuid:letter_id>/html/", desk.letter_html, name="letter_html"),
    path("outbox/<uuid:letter_id>/again/", desk.letter_retry, name="letter_retry"),
    path("outbox/<uuid:letter_id>/undo/", tickets.undo, name="undo"),
    path("outgoing/", desk.demo_outgoing, name="demo_outgoing"),
    path("people/", manage.people, name="people"),
    path("people/invite/", manage.invite, name="invite"),
    path("people/<int:person_id>/role/", manage.set_role, name="set_role"),
    path("people/<int:person_id>/active/", manage.set_active, name="set_active"),
    path("mailboxes/", manage.mailbox_list, name="mailboxes"),
    path("mailboxes/add/", manage.mailbox_add, name="mailbox_add"),
    path("mailboxes/<int:mailbox_id>/test/", manage.mailbox_test, name="mailbox_test"),
    path("mailboxes/<int:mailbox_id>/pause/", manage.mailbox_pause, name="mailbox_pause"),
    path("texts/", manage.text_list, name="texts"),
    path("texts/<slug:key>/", manage.text, name="text"),
    path("texts/<slug:key>/preview/", manage.text_preview, name="text_preview"),
    path("texts/<slug:key>/restore/", manage.text_restore, name="text_restore"),
    path("health/", manage.health, name="health"),
]
