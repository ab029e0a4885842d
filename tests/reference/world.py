# SPDX-License-Identifier: Apache-2.0
"""What was made, and what it was made from, as texts that a control can change."""
import json
import pathlib
import subprocess

from calls import LAST, PLACES, blanked, files
from model import Model

ROOT = pathlib.Path(__file__).resolve().parents[2]


class World:
    def __init__(self, out, program):
        self.model = Model(ROOT)
        self.exported = sorted(self.model.maps(ROOT))
        self.library = json.loads(subprocess.run([program], check=True, text=True, capture_output=True).stdout)
        html = out / "html"
        self.html = {p.relative_to(html).as_posix(): p.read_text(encoding="utf-8") for p in html.rglob("*.html")}
        self.files = {p.relative_to(html).as_posix() for p in html.rglob("*") if p.is_file() and p.suffix != ".html"}
        self.man = {p.stem: p.read_text(encoding="utf-8") for p in (out / "man3").glob("*.3")}
        self.folder = out / "man3"
        self.markdown = {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in self.markdowns()}
        self.code, self.live = self.calls(PLACES), self.calls(LAST)

    @staticmethod
    def calls(places):
        """{path: text without comments and strings}"""
        paths = {p.relative_to(ROOT).as_posix(): p for p in files(ROOT, places)}
        return {n: blanked(p.read_text(encoding="utf-8"), n) for n, p in paths.items()}

    @staticmethod
    def markdowns():
        found = [p for folder in ("", "docs/**/", "examples/**/", "tests/**/") for p in ROOT.glob(f"{folder}*.md")]
        return [p for p in found if "node_modules" not in p.parts]

    def names(self):
        """Statuses and codes, as the library has them."""
        return [row["name"] for row in self.library["statuses"]] + \
            ["PWWB_CODE_" + row["name"] for row in self.library["codes"]]
