"""Build static/icons/sprite.svg: `python desk/build_icons.py PATH/TO/lucide-static/icons`.

The names are in desk/icons.txt; the drawings come from the lucide-static package (ISC, see static/icons/LICENSE).
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SPRITE = HERE.parent / "static" / "icons" / "sprite.svg"


def symbol(folder: Path, name: str) -> str:
    """One drawing as a <symbol>. Raises FileNotFoundError for a name that the package does not have."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", (folder / f"{name}.svg").read_text(), re.DOTALL)[1]
    inner = re.sub(r"\s*\n\s*", "", drawing)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def build(folder: Path) -> None:
    names = sorted(set((HERE / "icons.txt").read_text().split()))
    symbols = "\n".join(symbol(folder, name) for name in names)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')


if __name__ == "__main__":
    build(Path(sys.argv[1]))
