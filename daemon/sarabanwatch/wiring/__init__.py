"""Builds all parts from a configuration: the only room that imports both steps and edges."""

from sarabanwatch.wiring.components import Components

__all__ = ["Components"]
