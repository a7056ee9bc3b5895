"""Saraban Watch: can a citizen's letter reach each Thai state agency by e-mail?"""

__version__ = "0.3.0"
