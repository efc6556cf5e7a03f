"""
Pacenotes, the co-driver for TypeScript.
"""

__version__ = "0.1.0"
