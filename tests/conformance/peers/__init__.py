"""How each peer is run, which part of a document it can score, and what its numbers are called."""

from . import chains, events, links, rankings, spans, tags

PEERS = {
    peer.name: peer
    for module in (tags, spans, chains, events, links, rankings)
    for peer in module.PEERS
}
