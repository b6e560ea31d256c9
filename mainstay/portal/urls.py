"""The portal's addresses. Every route is wrapped by `access.door` or `access.public`, and the table test has a row."""

from __future__ import annotations

from django.urls import path

from mainstay.portal.views import (
    account,
    complaints,
    contact,
    home,
    invitations,
    issues,
    people,
    promises,
    releases,
    request,
    requests,
    strangers,
)

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("promises/", promises.promises, name="promises"),
    path("requests/", requests.requests, name="requests"),
    path("requests/requests.csv", requests.requests_file, name="requests_file"),
    path("requests/new/", requests.new_request, name="new_request"),
    path("requests/new/promised/", requests.promise_for, name="promise_for"),
    path("requests/new/similar/", requests.similar, name="similar"),
    path("requests/<str:reference>/", request.request_page, name="request"),
    path("requests/<str:reference>/write/", request.write, name="request_write"),
    path("requests/<str:reference>/questions/<int:number>/", request.answer, name="request_answer"),
    path("requests/<str:reference>/accept/", request.accept, name="request_accept"),
    path("requests/<str:reference>/reject/", request.reject, name="request_reject"),
    path("requests/<str:reference>/escalate/", request.escalate, name="request_escalate"),
    path("requests/<str:reference>/withdraw/", request.withdraw, name="request_withdraw"),
    path("requests/<str:reference>/share/", request.share, name="request_share"),
    path("requests/<str:reference>/unshare/", request.unshare, name="request_unshare"),
    path("requests/<str:reference>/seen/", request.seen, name="request_seen"),
    path("requests/<str:reference>/news/", request.news, name="request_news"),
    path("requests/<str:reference>/files/<int:number>/", request.file, name="request_file"),
    path("requests/<str:reference>/messages/<int:number>/", request.message, name="request_message"),
    path("requests/<str:reference>/promises/<str:clock>/", request.account, name="request_account"),
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
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("announcements/<int:number>/", releases.announcement, name="announcement"),
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:number>/", issues.issue, name="issue"),
    path("contact/", contact.contact, name="contact"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/new/", complaints.complaint_new, name="complaint_new"),
]
