"""An answer or a verdict as a file: Markdown, Word with footnotes, and an evidence packet that can be verified later.

    answers.export(answer, ".docx", library, settings)     verdicts.export(verdict, ".html", sources)
    verify.verify(packet.load(path), corpus_folder, data_folder)

What an export says is a `Report`, made once from the frozen values; the formats only write it down. A packet is one HTML
page made from the JSON inside it, so that page and JSON can be held against each other.
"""
