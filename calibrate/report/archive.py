"""The audit for keeping: the same pages as PDF/A-3, with its tables inside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Any

import pydyf  # type: ignore[import-untyped]

#: A file inside must have a date; ours know none, so that the same run gives the same bytes.
_NO_DATE = "D:20000101000000Z"
_PROFILE = "sRGB2014.icc"
#: Readers of PDF/A want each name outside their own list explained: this is what marks PDF/UA.
_UA = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


@dataclass(frozen=True)
class Attachment:
    """A table inside the archive.

    Parameters
    ----------
    name
        File name, ASCII.
    description
        What it holds, for whoever opens the list of attachments.
    content
        The bytes of the CSV file.
    """

    name: str
    description: str
    content: bytes


def hash_attachments(attachments: Sequence[Attachment]) -> str:
    """SHA-256 over names, descriptions and contents."""
    told = hashlib.sha256()
    for item in attachments:
        for part in (item.name.encode(), item.description.encode(), item.content):
            told.update(hashlib.sha256(part).digest())
    return told.hexdigest()


def write_archive(
    pdf: Any, n_objects: int, metadata: Any, attachments: Sequence[Attachment], identifier: bytes
) -> bytes:
    """Turn a document that was just written into PDF/A-3a, and write it once more.

    Nothing is set again: the pages, the fonts and the tags are those of the other file.

    Parameters
    ----------
    pdf
        The pydyf document; it is changed.
    n_objects
        How many objects it had before it was written.
    metadata
        WeasyPrint's, for the title and the program.
    """
    del pdf.objects[n_objects:]
    pdf.current_position = 0
    _attach(pdf, attachments)
    _name_colours(pdf)
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Annot":
            # Bit 3: what is seen is also printed.
            item["F"] = 4
    _describe(pdf, metadata)
    output = BytesIO()
    pdf.write(output, b"1.7", identifier, compress=True)
    return output.getvalue()


def _attach(pdf: Any, attachments: Sequence[Attachment]) -> None:
    names, related = pydyf.Array(), pydyf.Array()
    for item in sorted(attachments, key=lambda attachment: attachment.name):
        digest = hashlib.md5(item.content, usedforsecurity=False).hexdigest()
        extra = {
            "Type": "/EmbeddedFile",
            "Subtype": "/text#2fcsv",
            "Params": pydyf.Dictionary({
                "CheckSum": f"<{digest}>",
                "Size": len(item.content),
                "CreationDate": pydyf.String(_NO_DATE),
                "ModDate": pydyf.String(_NO_DATE),
            }),
        }  # fmt: skip
        stream = pydyf.Stream([item.content], extra, compress=True)
        pdf.add_object(stream)
        told = pydyf.Dictionary({
            "Type": "/Filespec",
            "F": pydyf.String(item.name),
            "UF": pydyf.String(item.name),
            "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
            "Desc": pydyf.String(item.description),
            "AFRelationship": "/Data",
        })  # fmt: skip
        pdf.add_object(told)
        names.extend((pydyf.String(item.name), told.reference))
        related.append(told.reference)
    listed = pydyf.Dictionary({"Names": names})
    pdf.add_object(listed)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = listed.reference
    pdf.catalog["AF"] = related


def _name_colours(pdf: Any) -> None:
    """Say which red is meant: all colours are sRGB."""
    profile = pydyf.Stream(
        [(files("weasyprint.pdf") / _PROFILE).read_bytes()], {"N": 3}, compress=True
    )
    pdf.add_object(profile)
    intent = pydyf.Dictionary({
        "Type": "/OutputIntent",
        "S": "/GTS_PDFA1",
        "OutputConditionIdentifier": pydyf.String("sRGB"),
        "Info": pydyf.String(_PROFILE),
        "DestOutputProfile": profile.reference,
    })  # fmt: skip
    pdf.catalog["OutputIntents"] = pydyf.Array([intent])


def _describe(pdf: Any, metadata: Any) -> None:
    rdf = metadata.generate_rdf_metadata("a", 3, "A").decode()
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    body = rdf.replace("</rdf:RDF>", f"{_UA}</rdf:RDF>")
    text = f'{head}<x:xmpmeta xmlns:x="adobe:ns:meta/">{body}</x:xmpmeta>\n<?xpacket end="r"?>'
    stream = pydyf.Stream([text.encode()], {"Type": "/Metadata", "Subtype": "/XML"}, compress=False)
    pdf.add_object(stream)
    pdf.catalog["Metadata"] = stream.reference
