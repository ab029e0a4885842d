#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""curve.py FIGURES > space.svg: the figures of bench_space as a picture."""
import csv
import math
import sys

WIDTH, HEIGHT = 960, 420
LEFT, TOP, WIDE, HIGH = 70, 70, 370, 270  # of the first plot
APART = 480  # from one plot to the next

# On a paper of its own, light or dark as the reader's page is.
STYLE = """
    .paper { fill: #fff }
    text { font: 13px sans-serif; fill: #3b424c }
    .title { font-size: 15px; font-weight: bold }
    .grid { stroke: #8a929c; stroke-opacity: .3 }
    .axis { stroke: #6f7782 }
    .line { fill: none; stroke-width: 2.5 }
    .a { stroke: #1f77d0; fill: #1f77d0 } .b { stroke: #c2571a; fill: #c2571a }
    .c { stroke: #2f9e58; fill: #2f9e58 } .d { stroke: #8a929c; fill: #8a929c; stroke-dasharray: 6 5 }
    polyline.line, line.line { fill: none }
    text.a, text.b, text.c, text.d { stroke: none }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 }
      text { fill: #d6dbe1 }
      .a { stroke: #63a8f2; fill: #63a8f2 } .b { stroke: #f0975c; fill: #f0975c }
      .c { stroke: #63cf8d; fill: #63cf8d } .d { stroke: #a9b1bb; fill: #a9b1bb }
    }"""


def nice_top(value):
    """The end of an axis, and the step of its grid."""
    step = 10 ** math.floor(math.log10(value))
    for factor in (0.2, 0.5, 1, 2):
        if value / (step * factor) <= 6:
            step *= factor
            break
    return math.ceil(value * 1.02 / step) * step, step


def short(value):
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e4 else f"{value:g}"


class Plot:
    """One picture: people from left to right by their logarithm, something from 0 upwards."""

    def __init__(self, number, title, people, top, unit):
        self.left = LEFT + number * APART
        self.first, self.last = math.log10(people[0]), math.log10(people[-1])
        self.top, step = nice_top(top)
        self.out = [f'<text class="title" x="{self.left}" y="{TOP - 36}">{title}</text>',
                    f'<text x="{self.left - 46}" y="{TOP - 14}">{unit}</text>']
        self.grid(step)
        self.ticks()

    def x(self, people):
        span = (self.last - self.first) or 1
        return self.left + 12 + (WIDE - 24) * (math.log10(people) - self.first) / span

    def y(self, value):
        return TOP + HIGH - HIGH * value / self.top

    def grid(self, step):
        for i in range(round(self.top / step) + 1):
            y = self.y(i * step)
            self.out.append(f'<line class="{"grid" if i else "axis"}" x1="{self.left}" y1="{y:.1f}" '
                            f'x2="{self.left + WIDE}" y2="{y:.1f}"/>'
                            f'<text text-anchor="end" x="{self.left - 8}" y="{y + 4:.1f}">{short(i * step)}</text>')

    def ticks(self):
        for power in range(math.ceil(self.first - 1e-9), math.floor(self.last + 1e-9) + 1):
            x = self.x(10 ** power)
            self.out.append(f'<line class="axis" x1="{x:.1f}" y1="{TOP + HIGH}" x2="{x:.1f}" y2="{TOP + HIGH + 5}"/>'
                            f'<text text-anchor="middle" x="{x:.1f}" y="{TOP + HIGH + 22}">{10 ** power:,}</text>')
        self.out.append(f'<text text-anchor="middle" x="{self.left + WIDE / 2}" y="{TOP + HIGH + 44}">people</text>')

    def line(self, name, style, points, place):
        """A curve, and its name in the legend's line of that place."""
        coords = [(self.x(n), self.y(v)) for n, v in points]
        self.out.append(f'<polyline class="line {style}" points="' +
                        " ".join(f"{x:.1f},{y:.1f}" for x, y in coords) + '"/>')
        if style != "d":
            self.out += [f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in coords]
        self.out.append(f'<line class="line {style}" x1="{self.left + 14}" y1="{TOP + 12 + place * 18}" '
                        f'x2="{self.left + 38}" y2="{TOP + 12 + place * 18}"/>'
                        f'<text x="{self.left + 46}" y="{TOP + 16 + place * 18}">{name}</text>')


def lookups(rows):
    people = [r["people"] for r in rows]
    logarithm = [(n, rows[0]["p50_us"] * math.log(n) / math.log(people[0])) for n in people]
    plot = Plot(0, "One lookup, keys at random, warm", people, 1.45 * max(r["p99_us"] for r in rows), "microseconds")
    plot.line("p99", "b", [(r["people"], r["p99_us"]) for r in rows], 0)
    plot.line("p50", "a", [(r["people"], r["p50_us"]) for r in rows], 1)
    plot.line("p50 of the bare statement", "c", [(r["people"], r["bare_p50_us"]) for r in rows], 2)
    plot.line("as the logarithm grows", "d", logarithm, 3)
    return plot.out


def imports(rows):
    rate = [(r["people"], r["people"] / r["import_s"]) for r in rows]
    shell = [(r["people"], r["people"] / r["shell_indexed_s"]) for r in rows if r["shell_indexed_s"] > 0]
    plot = Plot(1, "Import of a CSV file", [r["people"] for r in rows],
                1.35 * max(v for _, v in rate + shell), "people a second")
    plot.line("into a space", "a", rate, 0)
    if shell:
        plot.line("sqlite3's .import and three indexes", "c", shell, 1)
    return plot.out


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
          f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img">')
    print("<title>A connector space: time of a lookup and rate of import, by people</title>")
    print(f"<style>{STYLE}\n</style>")
    print(f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="6"/>')
    print("\n".join(lookups(rows) + imports(rows)))
    print("</svg>")


if __name__ == "__main__":
    main()
