"""Write the statements anew from the expressions."""

from pathlib import Path

from diligence.dataroom.statements import FORMS, compiled

for form in FORMS:
    (Path(__file__).parent / f"{form}.sql").write_text(compiled(form), encoding="utf-8", newline="\n")
