#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_texts.py BUILD: what persons are told, in Swedish. Every result code of the table and every text of
pwwb-portal has a translation of its own, with the same directives; msgfmt agrees. What is read is read by
msgfmt, and the built catalogue by Python's gettext. Each kind of fault is planted, and must be found.
Prints what is wrong; exit 1."""
import gettext
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent
DIRECTIVE = re.compile(r"%(?:%|[-+ #0]*[0-9*]*(?:\.[0-9*]+)?(?:hh|h|ll|l|z|j|t)?[a-zA-Z])")


def compiled(po, folder):
    """What msgfmt says against it, and what Python reads of it."""
    mo = os.path.join(folder, "it.mo")
    told = subprocess.run(["msgfmt", "--check", "--check-format", "-o", mo, po], capture_output=True, check=False)
    if told.returncode != 0 or b"warning" in told.stderr:
        return ["msgfmt: " + told.stderr.decode()], None
    with open(mo, "rb") as f:
        return [], gettext.GNUTranslations(f)


def entries(po, folder):
    """The texts of a template, one: many or None. Of a copy with every text its own translation, as msgen and
    Python read it."""
    text = pathlib.Path(po).read_text(encoding="utf-8").replace("CHARSET", "UTF-8")
    pathlib.Path(po).write_text(text.replace("INTEGER; plural=EXPRESSION", "2; plural=n != 1"), encoding="utf-8")
    english, mo = os.path.join(folder, "en.po"), os.path.join(folder, "en.mo")
    subprocess.run(["msgen", "-o", english, po], check=True, capture_output=True)
    subprocess.run(["msgfmt", "-o", mo, english], check=True, capture_output=True)
    with open(mo, "rb") as f:
        catalog = gettext.GNUTranslations(f)._catalog      # pylint: disable=protected-access
    plural = {key[0]: text for key, text in catalog.items() if isinstance(key, tuple) and key[1] == 1}
    single = {key: None for key in catalog if isinstance(key, str) and key != ""}
    return {**single, **plural}


def faults_of(po, texts, codes, folder):
    """Of a catalogue, by the texts that there are and the codes' own."""
    faults, swedish = compiled(po, folder)
    if swedish is None:
        return faults
    for one, many in texts.items():
        told = [swedish.gettext(one)] if many is None else [swedish.ngettext(one, many, n) for n in (1, 2)]
        for english, other in zip([one, many], told):
            if other in (one, many, ""):
                faults.append(f"not translated: {english!r}")
            if many is None and sorted(DIRECTIVE.findall(english)) != sorted(DIRECTIVE.findall(other)):
                faults.append(f"other directives: {english!r}: {other!r}")
    faults += [f"{name}: not translated" for name, text in codes.items() if swedish.gettext(text) == text]
    for option in ("--only-fuzzy", "--only-obsolete", "--untranslated"):
        if subprocess.run(["msgattrib", option, po], capture_output=True, check=True).stdout:
            faults.append(f"msgattrib {option} finds some")
    return faults


def codes_of(build):
    """By the page that the library prints of its table: name, and what the person is told."""
    page = subprocess.run([os.path.join(build, "examples/codes")], capture_output=True, check=True).stdout.decode()
    return dict(re.findall(r"^## (\S+) .*?^To the person: (.*?)$", page, re.M | re.S))


def planted(po):
    """Catalogues with one fault each."""
    lines = po.split("\n\n")
    at = next(i for i, entry in enumerate(lines) if "password is too short" in entry)
    yield "a missing text", "\n\n".join(lines[:at] + lines[at + 1:])
    yield "an English text", po.replace("Lösenordet är för kort.", "The new password is too short.")
    yield "an empty text", po.replace('"Lösenordet är för kort."', '""')
    yield "a fuzzy text", po.replace('msgid "The new password is too short."',
                                     '#, fuzzy\nmsgid "The new password is too short."')
    yield "a directive less", po.replace("Det gick ut %s.", "Det gick ut.")
    yield "a directive of another kind", po.replace("Välj minst %lld tecken.", "Välj minst %s tecken.")
    yield "an old text", po + '\n#~ msgid "Gone."\n#~ msgstr "Borta."\n'


def main(build):
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        pot, copy = os.path.join(folder, "pwwb.pot"), os.path.join(folder, "sv.po")
        subprocess.run(["sh", ROOT / "po/update", build, "--pot", pot], check=True)
        texts, codes = entries(pot, folder), codes_of(build)
        po = (ROOT / "po/sv.po").read_text(encoding="utf-8")
        catalogues = [("po/sv.po", po, False)] + [(what, text, True) for what, text in planted(po)]
        for what, text, is_wrong in catalogues:
            pathlib.Path(copy).write_text(text, encoding="utf-8")
            faults = faults_of(copy, texts, codes, folder)
            count += 1
            if is_wrong == (not faults) or (is_wrong and text == po):
                failed += 1
                print(f"check_texts.py: {what}: {faults or 'not found'}")
        built = os.path.join(build, "po/sv/LC_MESSAGES/pwwb.mo")
        with open(built, "rb") as f:
            swedish = gettext.GNUTranslations(f)
        for name, text in codes.items():
            count += 1
            if swedish.gettext(text) == text:
                failed += 1
                print(f"check_texts.py: {name} in {built}: not translated")
    print(f"{len(texts)} texts, {len(codes)} codes; {count} checks, {failed} wrong")
    return failed > 0 or len(codes) < 50 or len(texts) < len(set(codes.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
