"""Makes what comes from the command line itself: `docs/errors.md`, and the reference in `docs/command_line.md`.

    python docs/make_command_pages.py [errors | commands]

The errors are provoked, one by one, as `tests/protocols/cli/test_user_errors.py` does; that test and the one beside it
fail while a page is not what this would write.
"""

import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests"))


def main() -> None:
    what = sys.argv[1:] or ["errors", "commands"]
    if "errors" in what:
        from support.user_errors_page import answers, errors_page

        with tempfile.TemporaryDirectory() as folder:
            (DOCS / "errors.md").write_text(errors_page(answers(Path(folder))), encoding="utf-8")
    if "commands" in what:
        from support.command_reference import with_reference

        page = DOCS / "command_line.md"
        page.write_text(with_reference(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
