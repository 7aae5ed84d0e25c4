# SPDX-License-Identifier: GPL-2.0-or-later
"""The few shapes a chart is made of. Colours follow the reader's light or dark page."""

from xml.sax.saxutils import escape

STYLE = """\
<style>
  text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .small { font-size: 11.5px; fill: #59636e; }
  .strong { font-weight: 600; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .paper { fill: #ffffff; stroke: #d1d9e0; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .dot { fill: #1f2328; fill-opacity: 0.45; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .paper { fill: #0d1117; stroke: #3d444d; }
    .grid { stroke: #30363d; }
    .dot { fill: #e6edf3; fill-opacity: 0.55; }
  }
</style>"""


class Svg:
    def __init__(self, width, height, title):
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
            "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->",
            f"<title>{escape(title)}</title>",
            STYLE,
            f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10"/>',
        ]

    def text(self, x, y, text, style=""):
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{style}">{escape(text)}</text>')

    def box(self, x, y, width, height, colour, hint=""):
        title = f"<title>{escape(hint)}</title>" if hint else ""
        self._parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height}" fill="{colour}">{title}</rect>')

    def rule(self, x, top, bottom):
        self._parts.append(f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>')

    def dot(self, x, y):
        self._parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.2"/>')

    def __str__(self):
        return "\n".join([*self._parts, "</svg>"]) + "\n"
