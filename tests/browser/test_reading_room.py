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


def test_next_and_previous_lead_from_mark_to_mark_and_say_which(open_page):
    page = open_page("/article/long-range-missiles-approved?q=missile")

    seen = []
    for name in ("Next", "Next", "Previous", "Previous"):
        page.get_by_role("link", name=name, exact=True).click()
        seen.append(" ".join(page.locator(".tally").inner_text().split()[:3]))

    assert seen == ["1 of 3", "2 of 3", "1 of 3", "3 of 3"]
    assert page.url.endswith("#m3")


def test_the_way_back_from_an_article_is_the_page_it_was_opened_from(open_page):
    page = open_page("/?q=bulletin&sort=oldest&page=2")
    before = page.locator(".hits h2").all_inner_texts()

    page.locator(".hits h2 a").nth(3).click()
    page.wait_for_url("**/article/*")
    page.get_by_role("link", name="All results").click()
    page.wait_for_url("**/?q=bulletin*")

    assert page.url.endswith("/?q=bulletin&sort=oldest&page=2")
    assert page.locator(".hits h2").all_inner_texts() == before


def test_the_tab_key_goes_through_a_result_from_its_title_on(open_page):
    page = open_page("/?q=missiles")

    page.keyboard.press("j")
    title = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Tab")

    assert title == "Long-range missiles approved"
    assert page.evaluate("document.activeElement.textContent") == "Ada Lovelace"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_the_first_result_is_in_sight_on_a_phone(open_page):
    page = open_page("/?q=missiles", viewport={"width": 390, "height": 844})

    assert page.locator(".hits h2").first.bounding_box()["y"] < 600


def test_a_result_stays_where_it_is_while_the_page_loads(open_page):
    page = open_page("/?q=missiles")

    shift = page.evaluate(
        """() => new Promise(done => { let sum = 0;
             new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
               .observe({type: 'layout-shift', buffered: true});
             setTimeout(() => done(sum), 100); })"""
    )
    assert shift == 0


def test_paper_gets_the_article_and_nothing_to_click(open_page):
    page = open_page("/article/long-range-missiles-approved?q=missile")

    page.emulate_media(media="print")

    assert page.locator(".text").is_visible()
    assert not any(page.locator(part).first.is_visible() for part in (".desk", ".marks", ".masthead nav"))


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


LONG_WORD = "verylongword" * 12


@pytest.mark.parametrize(
    "path",
    [
        *SEEDED_PATHS,
        f"/?q={LONG_WORD}+missiles",
        f"/?q=missiles&source={LONG_WORD}",
        f"/?q={LONG_WORD}+OR+missiles",
    ],
)
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


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/?q=missiles", ["/ search", "j k next and previous result"]),
        ("/article/long-range-missiles-approved?q=missiles", ["/ search", "n p next and previous mark"]),
        ("/saved", []),
    ],
)
def test_only_keys_that_do_something_are_named(open_page, path, keys):
    page = open_page(path)

    assert [text.strip() for text in page.locator(".keys [data-of]:visible").all_inner_texts()] == keys
    assert page.locator(".keys").is_visible() == bool(keys)
