"""What a reader does and sees, in Chromium."""

import pytest

SEEDED_PATHS = [
    "/",
    "/?q=missiles",
    "/?q=hostile",
    "/article/long-range-missiles-approved?q=missile",
    "/help",
    "/api",
]


def test_search_click_and_read_with_marks(open_page):
    page = open_page("/")

    page.get_by_label("Keywords").fill("missile")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/?q=missile")
    page.get_by_role("link", name="Long-range missiles approved").click()
    page.wait_for_url("**/article/*")

    assert page.locator("h1").inner_text() == "Long-range missiles approved"
    assert page.locator(".text mark").all_inner_texts() == ["missiles", "missile"]
    assert page.locator(".text mark").first.is_visible()
    colour = page.locator(".text mark").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(255, 231, 155)"
    assert page.seen.console == []


def test_everything_works_without_script(open_page):
    page = open_page("/", java_script_enabled=False)

    page.get_by_label("Keywords").fill("missiles")
    page.get_by_role("textbox", name="Author").fill("Ada Lovelace")
    page.get_by_role("textbox", name="From").fill("2024")
    page.get_by_role("button", name="Search").click()
    assert page.locator(".hits h2").all_inner_texts() == ["Long-range missiles approved"]
    page.locator(".chips a", has_text="Author").click()
    page.locator(".hits h2 a").first.click()
    page.get_by_role("link", name="First", exact=True).click()

    assert page.url.endswith("#m1")
    assert page.locator(":target").inner_text() == "missiles"
    page.locator("#m1").click()
    assert page.url.endswith("#m2")


def test_keys_lead_to_the_search_and_through_the_results(open_page):
    page = open_page("/?q=missiles")
    first, second = page.locator(".hits h2 a").all()[:2]

    page.keyboard.press("j")
    assert first.evaluate("e => e === document.activeElement")
    page.keyboard.press("j")
    assert second.evaluate("e => e === document.activeElement")
    page.keyboard.press("k")
    assert first.evaluate("e => e === document.activeElement")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/k")
    assert page.get_by_label("Keywords").input_value() == "j/k"


def test_keys_lead_through_the_marks(open_page):
    page = open_page("/article/long-range-missiles-approved?q=missile")

    seen = []
    for key in "nnnnp":
        page.keyboard.press(key)
        seen.append(page.evaluate("location.hash"))

    assert seen == ["#m1", "#m2", "#m3", "#m1", "#m3"]


def test_fields_left_empty_stay_out_of_the_address(open_page):
    page = open_page("/")

    page.get_by_label("To", exact=True).fill("2023")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?to=2023")

    assert page.locator(".hits h2").count() > 0


@pytest.mark.parametrize("path", SEEDED_PATHS)
def test_nothing_breaks_the_policy_or_leaves_the_machine(open_page, address, path):
    page = open_page(path)

    assert page.seen.console == []
    assert page.seen.addresses
    assert all(asked.startswith(address) for asked in page.seen.addresses)


def test_a_script_in_an_article_is_text(open_page):
    page = open_page("/?q=hostile")
    page.locator(".hits h2 a").first.click()
    page.wait_for_url("**/article/*")

    assert "<script>" in page.locator("h1").inner_text()
    assert "owned" not in page.evaluate("document.title.split(' ')[0]")
    assert page.seen.dialogs == []
    assert page.locator("main img, main script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_the_policy_stops_a_script_that_got_in(open_page):
    page = open_page("/")

    ran = page.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';
                   document.body.append(s); return window.ran === 1; }"""
    )

    assert ran is False
    assert any("Content Security Policy" in line for line in page.seen.console)


@pytest.mark.parametrize("path", SEEDED_PATHS)
def test_no_page_is_wider_than_its_window(open_page, path):
    page = open_page(path)

    for width in (320, 768, 1200):
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, width


def test_dark_is_followed(open_page):
    light, dark = (open_page("/", color_scheme=scheme) for scheme in ("light", "dark"))

    read = "getComputedStyle(document.body).backgroundColor"
    assert light.evaluate(read) == "rgb(251, 249, 244)"
    assert dark.evaluate(read) == "rgb(23, 21, 18)"


def test_the_first_tab_stop_of_a_page_skips_to_its_content(open_page):
    page = open_page("/?q=missiles")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
