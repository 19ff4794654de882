"""A headless Chromium that opens a report from the file system, and what tests ask of it."""

import shutil
import time

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AT_REST = "return typeof T !== 'undefined' && T.data !== null && T.pending === 0"
# What a panel shows: data of all its plots, its tables and words.
CONTENT = """const panel = document.getElementById(arguments[0]);
const hash = (text) => { let h = 0; for (let i = 0; i < text.length; ++i) h = (h * 31 + text.charCodeAt(i)) | 0; return h; };
const seen = (p) => { const l = p.layout || {}, t = (a) => a?.title?.text; return [p.data, t(l), t(l.xaxis), t(l.yaxis), p.textContent.length]; };
return hash(JSON.stringify([...panel.querySelectorAll('[data-plot]')].map(seen)) + [...panel.querySelectorAll('table')].map((t) => t.textContent).join());"""


def open_browser(width, height):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = CHROMIUM
    driver = webdriver.Chrome(service=Service(DRIVER), options=options)
    driver.set_page_load_timeout(120)
    return driver


class Page:
    """One report in one browser."""

    def __init__(self, driver, path):
        self.driver, self.path = driver, path
        driver.get("about:blank")
        driver.get(path.resolve().as_uri())
        self.wait()

    def wait(self, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            if self.driver.execute_script(AT_REST):
                return
            time.sleep(0.05)
        raise TimeoutError(f"{self.path} is not at rest after {seconds} s: {self.state()}; {self.complaints()}")

    def state(self):
        return self.driver.execute_script("return document.getElementById('state').textContent")

    def complaints(self):
        """Errors and warnings of the console; a request that left the file system would be one."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]

    def tabs(self):
        return self.driver.execute_script("return T.TABS.map(([name]) => name)")

    def click_tab(self, name):
        self.driver.find_element("id", f"tab-{name}").click()
        self.wait()

    def content(self, panel):
        return self.driver.execute_script(CONTENT, panel)

    def plots(self, panel):
        return self.driver.execute_script("return [...document.querySelectorAll(`#${arguments[0]} [data-plot]`)].map((p) => [p.dataset.plot, p.data ? p.data.length : 0])", panel)

    def controls(self, panel):
        """Visible controls that can be used."""
        found = self.driver.find_elements("css selector", f"#{panel} [data-control]")
        return [c for c in found if c.is_displayed() and c.is_enabled()]

    def use(self, control):
        """Moves a control to another value as a user would, waits until the plots are drawn, and moves it back."""
        kind, tag = control.get_attribute("type"), control.tag_name
        script = """const box = arguments[0], value = arguments[1]; if (box.type === 'checkbox') box.checked = value; else box.value = value;
          box.dispatchEvent(new Event('input', { bubbles: true })); box.dispatchEvent(new Event('change', { bubbles: true }));"""
        if kind == "checkbox":
            control.click()
            self.settle()
            return lambda: (control.click(), self.settle())
        before = control.get_attribute("value")
        if tag == "select":
            other = self.driver.execute_script("return [...arguments[0].options].map((o) => o.value).find((v) => v !== arguments[0].value)", control)
        else:
            other = str(float(before) + (1 if kind == "range" else 20))
        self.driver.execute_script(script, control, other)
        self.settle()
        return lambda: (self.driver.execute_script(script, control, before), self.settle())

    def settle(self):
        """Change handlers run on: until no plot has been drawn for a moment."""
        drawn, same = None, 0
        while same < 3:
            now = self.driver.execute_script("return [...document.querySelectorAll('[data-plot]')].map((p) => p.dataset.drawn || 0).join()")
            same = same + 1 if now == drawn else 0
            drawn = now
            time.sleep(0.06)
        self.wait()
