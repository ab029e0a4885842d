# SPDX-License-Identifier: Apache-2.0
"""Who calls a public function: examples first, then the flows of the tests, then live programs."""
import re

C_LIKE = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|`(?:\\.|[^`\\])*`""", re.S)
PYTHON = re.compile(r"""\"{3}.*?\"{3}|'{3}.*?'{3}|\#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
CALL = re.compile(r"(?<!fn )(?<!func )(?<!function )(?<!def )\b(pwwb_\w+)\s*\(")
PLACES = ["examples/[0-9][0-9]_*.c", "examples/*.c", "examples/agent/*.c", "examples/portal/*.c", "examples/common/*.c",
          "examples/ffi/*/**/*.py", "examples/ffi/*/**/*.mjs", "examples/ffi/*/**/*.js", "examples/ffi/*/**/*.go",
          "examples/ffi/*/**/*.rs", "examples/web-portal/*.mjs", "tests/flow_*.[ch]"]
LAST = ["tests/live/**/*.[ch]"]


class Call:
    def __init__(self, path, line, quote):
        self.path, self.line, self.quote = path, line, quote

    @property
    def is_c(self):
        return self.path.endswith((".c", ".h"))


def blanked(text, path):
    """The text without comments and strings, line for line."""
    pattern = PYTHON if path.endswith(".py") else C_LIKE
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def quoted(lines, bare, at):
    """The statement around line `at`, from 0; at most eight lines."""
    begin, end = at, at
    while begin > max(at - 3, 0) and re.search(r"[^;{}:\s]\s*$", bare[begin - 1]) and bare[begin - 1].strip():
        begin -= 1
    depth = sum(line.count("(") - line.count(")") for line in bare[begin:end + 1])
    while end + 1 < len(lines) and end - begin < 7 and (depth > 0 or not re.search(r"[;{}]\s*$", bare[end])):
        end += 1
        depth += bare[end].count("(") - bare[end].count(")")
    part = lines[begin:end + 1]
    margin = min(len(line) - len(line.lstrip()) for line in part if line.strip())
    return "\n".join(line[margin:] for line in part)


def of_file(root, path):
    """{function: Call}, each by its first call there."""
    name = path.relative_to(root).as_posix()
    text = path.read_text(encoding="utf-8")
    bare, found = blanked(text, name), {}
    for match in CALL.finditer(bare):
        at = bare.count("\n", 0, match.start(1))
        if match[1] not in found:
            found[match[1]] = Call(name, at + 1, quoted(text.splitlines(), bare.splitlines(), at))
    return found


def files(root, places):
    seen = []
    for place in places:
        seen += [p for p in sorted(root.glob(place)) if p not in seen and "node_modules" not in p.parts]
    return seen


def all_calls(root, functions):
    """{function: [Call]}; live programs only where there is nothing else."""
    found = {name: [] for name in functions}
    for places in (PLACES, LAST):
        open_ones = {name for name, calls in found.items() if not calls}
        for path in files(root, places):
            for name, call in of_file(root, path).items():
                if name in (found if places is PLACES else open_ones):
                    found[name].append(call)
    return found


def shown(calls):
    """The few that a page names: four of C, and one of each other language."""
    c = [call for call in calls if call.is_c][:4]
    others = {call.path.rsplit(".", 1)[1]: call for call in reversed(calls) if not call.is_c}
    return c + [others[ending] for ending in sorted(others)]
