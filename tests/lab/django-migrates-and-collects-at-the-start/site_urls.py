from django.http import HttpResponse
from django.urls import path


def count(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    request.session.save()
    return HttpResponse(f"visits: {request.session['visits']}\n")


urlpatterns = [path("", count)]
