"""A snapshot as a single HTML file: no script, nothing fetched, for a phone or for paper."""

import base64
from collections.abc import Iterator, Mapping
from html import escape

from pdqi.snapshot import said
from pdqi.snapshot.frozen import Exhibit, Section, Sheet, Snapshot

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, 'Segoe UI', Roboto, Arial, sans-serif; color: #0b0c0c;
  background: #fff; margin: 0 auto; max-width: 62rem; padding: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; } h2 { margin-top: 2.5rem; border-top: 2px solid #005eb8;
  padding-top: .6rem; } h3 { margin-bottom: .2rem; }
.invented { background: #5c3d99; color: #fff; padding: .5rem .8rem; font-weight: 600; }
.cleared { background: #0b0c0c; color: #fff; padding: .5rem .8rem; font-weight: 600; }
.quiet { color: #4c6272; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #d8dde0; } thead th { border-bottom: 2px solid #4c6272; }
tbody th { font-weight: 400; }
img { max-width: 100%; height: auto; } a { color: #005eb8; }
@media print { body { max-width: none; } h2 { break-before: page; }
  h3 { break-after: avoid; } tr, img { break-inside: avoid; } .scroll { overflow: visible; } }
"""


def html(snapshot: Snapshot, pictures: Mapping[str, bytes]) -> bytes:
    """Return the file; `pictures` are the drawings as SVG by the ids of their exhibits."""
    return "\n".join(_lines(snapshot, pictures)).encode()


def _lines(snapshot: Snapshot, pictures: Mapping[str, bytes]) -> Iterator[str]:
    about, title = snapshot.about, escape(said.title(snapshot))
    yield "<!doctype html>"
    yield '<html lang="en-GB"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'; img-src data:\">"
    )
    yield f"<title>{title}</title><style>{STYLE}</style></head><body>"
    if about.invented:
        yield f'<p class="invented">{escape(about.invented)}</p>'
    yield f'<p class="{"cleared" if about.cleared else "quiet"}">{escape(said.marking(about))}</p>'
    yield f"<header><h1>{title}</h1><p>{escape(about.organisation)}</p>"
    yield f"<p><strong>{escape(about.chosen)}</strong></p>"
    yield f'<p class="quiet">{escape(said.provenance(snapshot))}</p></header>'
    yield '<nav aria-label="Contents"><h2 id="contents">Contents</h2><ul>'
    for section in snapshot.sections:
        yield f'<li><a href="#{section.id}">{escape(section.title)}</a></li>'
    yield '<li><a href="#definitions">Definitions</a></li></ul></nav><main>'
    for section in snapshot.sections:
        yield from _section(section, pictures)
    yield from _definitions(snapshot)
    yield f'</main><footer><p class="quiet">{escape(said.marking(about))}</p>'
    if about.invented:
        yield f'<p class="invented">{escape(about.invented)}</p>'
    yield "</footer></body></html>"


def _section(section: Section, pictures: Mapping[str, bytes]) -> Iterator[str]:
    yield f'<section><h2 id="{section.id}">{escape(section.title)}</h2>'
    for why in section.left_out:
        yield f"<p>{escape(why)}</p>"
    for exhibit in section.exhibits:
        yield f'<h3 id="{section.id}_{exhibit.id}">{escape(exhibit.name)}</h3>'
        for sentence in exhibit.said:
            yield f"<p>{escape(sentence)}</p>"
        if exhibit.id in pictures:
            yield _picture(exhibit, pictures[exhibit.id])
        if exhibit.sheet and exhibit.sheet.rows:
            yield from _table(exhibit.sheet, exhibit.name)
        for note in exhibit.notes:
            yield f'<p class="quiet">{escape(note)}</p>'
    yield "</section>"


def _picture(exhibit: Exhibit, svg: bytes) -> str:
    # As an image a drawing can do nothing, and screen readers get its words.
    data = base64.b64encode(svg).decode()
    words = escape(f"{exhibit.name}. {' '.join(exhibit.said)}", quote=True)
    return f'<p><img alt="{words}" src="data:image/svg+xml;base64,{data}"></p>'


def _table(sheet: Sheet, name: str) -> Iterator[str]:
    yield f'<div class="scroll"><table><caption>{escape(name)}</caption><thead><tr>'
    yield "".join(f'<th scope="col">{escape(column)}</th>' for column in sheet.columns)
    yield "</tr></thead><tbody>"
    for row in sheet.rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        yield f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _definitions(snapshot: Snapshot) -> Iterator[str]:
    yield '<section><h2 id="definitions">Definitions</h2>'
    for section in snapshot.sections:
        for exhibit in section.exhibits:
            if exhibit.definition:
                yield f"<h3>{escape(exhibit.name)}</h3><ul>"
                for name, text in exhibit.definition:
                    yield f"<li><strong>{escape(name)}:</strong> {escape(text)}</li>"
                yield "</ul>"
    yield "</section>"
