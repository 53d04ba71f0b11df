"""How far annotators agree: on spans, labels, attributes, chains, arguments and claimers."""
