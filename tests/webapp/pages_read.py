"""Pages asked for from services that answer what a test gives them, and read."""

from bs4 import BeautifulSoup

from tests.webapp.fake_services import make_client


def soup_of(response):
    return BeautifulSoup(response.data, "lxml")


def get(path, services=None, **settings):
    response = make_client(services, **settings).get(path)
    assert response.status_code == 200, response.text
    return soup_of(response)


def text_of(element):
    return " ".join(element.get_text().split())
