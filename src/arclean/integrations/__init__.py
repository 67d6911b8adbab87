"""Thin adapters to other libraries; nothing in the core imports them, and each imports its library itself."""
