"""The values of a PDF page's form fields, as words in the places of the fields."""

from __future__ import annotations

import ctypes
import re
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from rag.readers.pdf_words import Word


def field_words(page: pypdfium2.PdfPage, form: Any) -> list[Word]:
    """The values of form fields as words in their places; a ticked box is `[x]`, another `[ ]`."""
    found: list[Word] = []
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if kind == pdfium.FPDF_ANNOT_WIDGET and form is not None:
                found += _field(annotation, form)
            elif kind == pdfium.FPDF_ANNOT_FREETEXT:
                found += _written(annotation, _string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents"))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _field(annotation: Any, form: Any) -> list[Word]:
    if pdfium.FPDFAnnot_GetFlags(annotation) & (pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW):
        return []
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        return _written(annotation, "[x]" if pdfium.FPDFAnnot_IsChecked(form, annotation) else "[\u00a0]")
    if kind in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        return _written(annotation, _string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation))
    return []


def _string(function: Any, *arguments: Any) -> str:
    length = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(length)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", "replace")


def _written(annotation: Any, value: str) -> list[Word]:
    """Words for a value in the rectangle of its annotation, line under line."""
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rect)
    lines = [line for line in re.split(r"\r\n|[\r\n]", value) if line.strip()]
    if not lines:
        return []
    leading = min((rect.top - rect.bottom) / len(lines), 14.0) or 1.0
    found = []
    for number, line in enumerate(lines):
        y = rect.top - leading * (number + 0.75) if len(lines) > 1 else (rect.top + rect.bottom - 0.7 * leading) / 2
        # The words share the width by their letters; no word runs out of its field.
        unit = (rect.right - rect.left) / max(len(line), 1)
        unit = min(unit, 0.5 * leading)
        for match in re.finditer(r"\S+", line.replace("\u00a0", "\u2007")):
            text = match.group().replace("\u2007", " ")
            x0 = rect.left + unit * match.start()
            found.append(Word(text, x0, x0 + unit * len(text), y, 0.8 * leading, line_y=y))
    return found
