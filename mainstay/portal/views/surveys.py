"""The survey behind the link of a closing letter (R3.9).

Reading it changes nothing: programs open the links of a mail before its reader does (class C16). The link is the right
to answer, so that no cookie is needed, and it is told to no other site.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from mainstay.contracts import queries as contracts
from mainstay.feedback import surveys
from mainstay.feedback.models import Survey
from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.portal.access import public
from mainstay.portal.forms.surveys import SurveyForm
from mainstay.portal.presenters.complaints import answered_within, complaining
from mainstay.portal.render import page

STATUS = {"unknown": 404, "answered": 200, "expired": 410, "withdrawn": 410}


@csrf_exempt  # the token is the authority, and no cookie has any: a form of another site would have to know it
@public("GET", "POST")
def survey(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the survey, or take its answer; where it takes none, say why in kind words."""
    response = _answered(request, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(request: HttpRequest, token: str) -> HttpResponseBase:
    at = now()
    try:
        found = surveys.find(token, at=at)
        form = SurveyForm(request.POST if request.method == "POST" else None, parts=surveys.parts_of(found.ticket))
        form.fields["complain"].help_text = complaining(contracts.load(found.ticket.terms))
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                surveys.answer(
                    token=token, ratings=form.ratings(), comment=said["comment"], complain=said["complain"], at=at
                )
                return HttpResponseRedirect(request.path)
            except surveys.Incomplete as error:
                form.add_error(None, spoken(error))
    except surveys.NoAnswer as refusal:
        return page(
            request, "portal/surveys/ended.html", _ended(token, refusal), status=STATUS[refusal.why]
        )
    context = {"form": form, "reference": found.ticket.reference}
    return page(request, "portal/surveys/survey.html", context, status=422 if form.errors else 200)


def _ended(token: str, refusal: surveys.NoAnswer) -> dict[str, str]:
    """Return what is said in place of the form. Only whoever has the link learns of a complaint that was made by it."""
    answered = Survey.objects.select_related("complaint__terms").filter(digest=surveys.digest_of(token)).first()
    complaint = answered.complaint if answered else None
    return {
        "why": refusal.why,
        "complaint": complaint.reference if complaint else "",
        "within": answered_within(contracts.load(complaint.terms)) if complaint else "",
    }
