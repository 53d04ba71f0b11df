"""The formats of INCEpTION: its layers, as UIMA CAS and as WebAnno TSV."""
