"""Names of types of UIMA and DKPro, and the file that declares those of a CAS."""

from __future__ import annotations

TYPE_SYSTEM = "TypeSystem.xml"

DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
TOKEN = f"{DKPRO}.segmentation.type.Token"
SENTENCE = f"{DKPRO}.segmentation.type.Sentence"

ANNOTATION = "uima.tcas.Annotation"
DOCUMENT = "uima.tcas.DocumentAnnotation"
TOP = "uima.cas.TOP"
STRING = "uima.cas.String"
STRINGS = "uima.cas.StringArray"
ARRAY = "uima.cas.FSArray"
