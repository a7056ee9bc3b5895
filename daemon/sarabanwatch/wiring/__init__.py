"""Builds all parts from a configuration: the only room that sees both the steps and the edges."""

from sarabanwatch.wiring.components import Components

__all__ = ["Components"]
