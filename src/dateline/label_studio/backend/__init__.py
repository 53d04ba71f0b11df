"""A model that Label Studio asks for predictions: the protocol of its ML backends."""
