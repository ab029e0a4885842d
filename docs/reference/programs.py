# SPDX-License-Identifier: Apache-2.0
"""The manual pages of the programs as HTML, by mandoc where it is installed."""
import re
import shutil
import subprocess

LEVELS = {"h1": "h2", "h2": "h3"}


class Programs:
    """Pages of docs/man, and those of configurations, which a build prints."""

    def __init__(self, root, build, site):
        self.site, self.paths = site, {}
        found = [*(root / "docs/man").glob("*.[1-8]"), *(build / "examples").glob("pwwb-*.conf.5")]
        for path in sorted(found, key=lambda p: p.name) if shutil.which("mandoc") else []:
            name, section = path.name.rsplit(".", 1)
            self.paths[f"{name}({section})"] = path
            site.targets[f"{name}({section})"] = f"programs/{path.name}.html"

    def summary(self, title):
        return re.search(r"^\.Nd (.+)$", self.paths[title].read_text(encoding="utf-8"), re.M)[1]

    def write(self):
        for title, path in self.paths.items():
            said = subprocess.run(["mandoc", "-T", "html", "-O", "fragment", path], check=True, text=True,
                                  capture_output=True)
            body = re.sub(r'<table class="(head|foot)">.*?</table>', "", said.stdout, flags=re.S)
            body = re.sub(r"<(/?)(h[12])\b", lambda m: f"<{m[1]}{LEVELS[m[2]]}", body)
            body = re.sub(r'<a class="(?:permalink|Xr)"(?: href="[^"]*")?>(.*?)</a>', r"\1", body, flags=re.S)
            self.site.write(self.site.targets[title], title, f"<h1>{title}</h1>\n{body}")
