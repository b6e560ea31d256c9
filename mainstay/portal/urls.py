"""The portal's addresses. Every route is wrapped by `access.door` or `access.public`, and the table test has a row."""

from __future__ import annotations

from django.urls import path

from mainstay.portal.views import account, contact, home, invitations, people, strangers

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("people/", people.listing, name="people"),
    path("people/history/", people.history, name="people_history"),
    path("people/invite/", invitations.invite, name="person_invite"),
    path("people/invitations/<int:number>/again/", invitations.again, name="invitation_again"),
    path("people/invitations/<int:number>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
    path("people/sessions/<int:number>/", people.sessions_rule, name="sessions_rule"),
    path("people/wrote/<int:number>/", strangers.stranger, name="stranger"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/end/", people.end, name="person_end"),
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
    path("account/", account.account, name="account"),
    path("account/look/", account.look, name="account_look"),
    path("account/mails/", account.mails, name="account_mails"),
    path("account/sessions/<int:number>/end/", account.session_end, name="session_end"),
    path("account/sessions/end-others/", account.session_end_others, name="session_end_others"),
    path("contact/", contact.contact, name="contact"),
]
